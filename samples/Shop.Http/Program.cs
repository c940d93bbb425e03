using TaskGrid;

var builder = WebApplication.CreateBuilder(args);

// Neither in the cluster nor near its Redis: it has the address of the grid's web application, TaskGrid:Http:Address, and a key,
// TaskGrid:Http:Key, that may submit and read.
builder.Services.AddTaskGridHttpClient();

var app = builder.Build();

// The same ITaskClient as everywhere. The number makes a request that is sent again the same task.
app.MapPut("/discounts/{number}", async (string number, decimal price, int percent, ITaskClient tasks, CancellationToken stop) =>
{
    try
    {
        var discount = await tasks.SubmitAsync<decimal>("discount", new { price, percent }, new() { IdempotencyKey = number, Tags = ["remote"] }, stop);
        return Results.Ok(await discount.GetResultAsync(stop));
    }
    catch (TaskRefusedException refused)
    {
        return Results.Problem(refused.Message, statusCode: 400);
    }
});

// The latest twenty, with where each stands.
app.MapGet("/discounts", async (ITaskClient tasks, CancellationToken stop) =>
    (await tasks.ListAsync(new() { Tag = "remote" }, limit: 20, cancellationToken: stop)).Items.Select(t => new { t.Id, State = t.State.ToString() }));

app.Run();
