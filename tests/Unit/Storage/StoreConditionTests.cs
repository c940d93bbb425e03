
namespace TaskGrid.Storage;

public sealed class StoreConditionTests
{
    private const string Roomy = "used_memory:1000\r\nmaxmemory:0\r\n";

    [Theory]
    [InlineData(Roomy, "yes", "noeviction", null)]
    [InlineData(Roomy, null, null, null)]
    [InlineData("", "yes", "noeviction", null)]
    [InlineData("used_memory:900\r\nmaxmemory:1000\r\n", "yes", "noeviction", null)]
    [InlineData("used_memory:901\r\nmaxmemory:1000\r\n", "yes", "noeviction", ErrorCodes.StoreFull)]
    [InlineData("store_mainlog_memory_size:900\r\nstore_heap_memory_target_size:1000\r\n", "yes", "noeviction", null)]
    [InlineData("store_mainlog_memory_size:901\r\nstore_heap_memory_target_size:1000\r\n", "yes", "noeviction", ErrorCodes.StoreFull)]
    [InlineData(Roomy, "no", "noeviction", ErrorCodes.StoreUnsafe)]
    [InlineData(Roomy, "yes", "allkeys-lru", ErrorCodes.StoreUnsafe)]
    [InlineData(Roomy, "yes", "volatile-ttl", ErrorCodes.StoreUnsafe)]
    [InlineData("used_memory:901\r\nmaxmemory:1000\r\n", "no", "noeviction", ErrorCodes.StoreUnsafe)]
    public void Refusal_OfAStore_NamesWhatKeepsItFromTakingTasks(string memory, string? appendOnly, string? policy, string? code) =>
        Assert.Equal(code, new StoreCondition(memory, appendOnly, policy).Refusal(allowUnsafe: false)?.Code);

    [Fact]
    public void Refusal_OfAnUnsafeStoreThatIsWanted_IsNone() => Assert.Null(new StoreCondition(Roomy, "no", "allkeys-lru").Refusal(allowUnsafe: true));

    [Fact]
    public void Refusal_OfAFullStoreThatIsUnsafeAndWanted_IsThatItIsFull() =>
        Assert.Equal(ErrorCodes.StoreFull, new StoreCondition("used_memory:95\nmaxmemory:100\n", "no", null).Refusal(allowUnsafe: true)?.Code);
}
