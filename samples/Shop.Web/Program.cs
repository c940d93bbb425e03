using TaskGrid;

var builder = WebApplication.CreateBuilder(args);

// Only a client: the tasks run in the silos that share the Redis of ConnectionStrings:redis. Starting waits for one.
builder.AddTaskGridClient();

var app = builder.Build();

app.MapPost("/discount", async (decimal price, int percent, ITaskClient tasks, CancellationToken stop) =>
{
    var discount = await tasks.SubmitAsync<decimal>("discount", new { price, percent }, cancellationToken: stop);
    return await discount.GetResultAsync(stop);
});

app.Run();
