using TaskGrid.Kit;
using Xunit;

namespace TaskGrid.Faults.Matrix;

/// <summary>
/// Half an hour, by <c>TASKGRID_FAULTS_MINUTES</c>, in which all that is wrong is that others take the processors: one round of tasks after the other, on silos
/// that live as long as that, which they do in no other case.
/// </summary>
[Collection(Alone.Name)]
public sealed class When_the_processors_are_busy(HurtGrid grid, ITestOutputHelper output) : IClassFixture<HurtGrid>
{
    [Fact(Explicit = true)]
    public async Task No_silo_is_taken_for_dead_and_nothing_grows()
    {
        var (silos, web) = (new List<double>(), new List<double>());
        var others = Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => BusyProcess.Start()).ToList();
        try
        {
            var until = RealGrid.Now + TimeSpan.FromMinutes(HurtGrid.MinutesOr(30));
            while (RealGrid.Now < until)
            {
                var report = await grid.RunAsync(_ => Task.CompletedTask);
                silos.Add(grid.Members.Sum(m => m.Silo.Memory) / 1e6);
                web.Add(grid.Web.Memory / 1e6);
                report.Say(output, ("all silos, MB", silos[^1]), ("web application, MB", web[^1]));
                report.Check();
            }
        }
        finally
        {
            others.ForEach(o => o.Dispose());
        }

        AssertFlat("silos", silos);
        AssertFlat("web application", web);
    }

    private static void AssertFlat(string what, List<double> sizes)
    {
        var third = sizes.Count / 3;
        Assert.True(third > 0, "It is to last for three rounds at least.");
        var (first, last) = (Median.Of(sizes.Take(third)), Median.Of(sizes.TakeLast(third)));
        Assert.True(last < 1.5 * first, $"{what}: {first:0} MB became {last:0} MB");
    }
}
