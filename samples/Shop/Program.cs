using Shop;
using TaskGrid;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<TaxRates>();

// This process is a silo of the cluster that shares the Redis of ConnectionStrings:redis. Start it as often as you like.
builder.AddTaskGrid()
    .AddTask("discount", (decimal price, int percent) => price - (price * percent / 100))
    .AddTask<PrepareInvoice, PrepareInvoiceHandler>();

var app = builder.Build();

// Answers at once: the invoice is prepared by one of the silos, and survives the death of any.
app.MapPost("/orders", async (PrepareInvoice order, ITaskClient tasks, CancellationToken stop) =>
{
    var invoice = await tasks.SubmitAsync(order, cancellationToken: stop);
    return Results.Accepted($"/tasks/{invoice.Id}", new { invoice.Id });
});

// What became of it: as soon as the task is final, or as it is after ten seconds.
app.MapGet("/tasks/{id}", async (string id, ITaskClient tasks, CancellationToken stop) =>
{
    try
    {
        var task = await tasks.GetHandle(id).WaitAsync(TimeSpan.FromSeconds(10), stop);
        return Results.Ok(new { task.Id, State = task.State.ToString(), task.Attempt, task.Result, Error = task.Error?.Message });
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
