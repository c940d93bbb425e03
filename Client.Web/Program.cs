using TaskGrid;
using TaskGrid.Hosting;

// With nothing configured this process is everything: web, silo and store. With ConnectionStrings__redis it is a client of the
// cluster that uses that Redis, and with TaskGrid__Silo=true a silo of it as well.
var builder = WebApplication.CreateBuilder(args);
builder.AddGridWeb();

var app = builder.Build();
app.UseGridWeb();
if (app.CanListen())
{
    app.RunUntilStopped();
}
