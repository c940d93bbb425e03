using Shop;
using TaskGrid;

var builder = WebApplication.CreateBuilder(args);

// This process is a silo of the cluster that shares the Redis of ConnectionStrings:redis. Start it as often as you like.
builder.AddTaskGrid().AddShopTasks();

var app = builder.Build();

// Answers at once: the invoice is prepared by one of the silos, and survives the death of any.
app.MapPost("/orders", async (PrepareInvoice order, ITaskClient tasks, CancellationToken stop) =>
{
    var options = new SubmitOptions
    {
        // Two of one country run at a time in the whole cluster; those of another do not wait for them.
        ConcurrencyKey = order.Country,
        ConcurrencyLimit = 2,
        // What to find and cancel them by.
        Tags = ["order"],
    };
    try
    {
        var invoice = await tasks.SubmitAsync(order, options, stop);
        return Results.Accepted($"/tasks/{invoice.Id}", new { invoice.Id });
    }
    catch (TaskRefusedException refused)
    {
        return Results.Problem(refused.Message, statusCode: 400);
    }
});

// Cancels every order that waits or runs.
app.MapDelete("/orders", async (IBulkClient manyTasks, CancellationToken stop) =>
{
    var cancelling = await manyTasks.CancelAsync(tag: "order", cancellationToken: stop);
    return Results.Accepted(value: new { cancelling.Id });
});

// What became of it: as soon as the task is final, or as it is after ten seconds.
app.MapGet("/tasks/{id}", async (string id, ITaskClient tasks, CancellationToken stop) =>
{
    try
    {
        var task = await tasks.GetHandle(id).WaitAsync(TimeSpan.FromSeconds(10), stop);
        return Results.Ok(new { task.Id, State = task.State.ToString(), task.Attempt, task.Tags, task.Result, Error = task.Error?.Message });
    }
    catch (TaskNotFoundException)
    {
        return Results.NotFound();
    }
});

// Waits for the result.
app.MapPost("/discount", async (decimal price, int percent, ITaskClient tasks, CancellationToken stop) =>
{
    var discount = await tasks.SubmitAsync<decimal>("discount", new { price, percent }, cancellationToken: stop);
    return await discount.GetResultAsync(stop);
});

app.Run();
