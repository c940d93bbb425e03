using System.Globalization;
using TaskGrid;
using TaskGrid.Embedded;
using Xunit.MicrosoftTestingPlatform;

return args switch
{
    [ChildProcess.Store, var folder, var megabytes] => await Children.RunStoreAsync(folder, int.Parse(megabytes, CultureInfo.InvariantCulture)),
    [ChildProcess.Application, var folder] => await Children.RunApplicationAsync(folder),
    _ => await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
};
