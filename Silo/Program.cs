using TaskGrid;

// A process of the cluster that only runs tasks. Where the store is, what the grid is called and which tasks run comes from
// configuration: see SiloHost.AddSilo. A host of your own is these lines with your AddTask calls after AddSilo().
var builder = Host.CreateApplicationBuilder(args);
builder.AddSilo();
builder.AddGridTelemetry("taskgrid-silo");
builder.Build().RunUntilStopped();
