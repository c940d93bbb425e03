using TaskGrid;
using TaskGrid.Store;
using Xunit.MicrosoftTestingPlatform;

return args switch
{
    [GarnetProcess.Argument, var port, var folder] => GarnetProcess.Host(int.Parse(port), folder),
    _ => await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
};
