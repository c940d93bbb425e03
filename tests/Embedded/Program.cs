using TaskGrid;
using TaskGrid.Embedded;
using Xunit.MicrosoftTestingPlatform;

return args switch
{
    [ChildProcess.Store, var folder, var memory] => await Children.RunStoreAsync(folder, memory),
    [ChildProcess.Application, var folder] => await Children.RunApplicationAsync(folder),
    _ => await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
};
