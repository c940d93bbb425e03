using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace TaskGrid.Unit.Client;

/// <summary>Figures reach a client of another process as they are.</summary>
public sealed class GridStatsTests
{
    [Fact]
    public void HistorySlots_AreReadAsTheyWereWritten()
    {
        var serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();
        HistorySlot[] slots =
        [
            new(DateTimeOffset.UnixEpoch, new(5, 4, 3, 2, 1))
            {
                Wait = new(7, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)),
                Run = new(7, TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(4)),
            },
            new(DateTimeOffset.UnixEpoch.AddSeconds(10), new(0, 0, 0, 0, 0)),
        ];

        Assert.Equal(slots, serializer.Deserialize<HistorySlot[]>(serializer.SerializeToArray(slots)));
    }
}
