namespace TaskGrid.Storage;

public sealed class RedisConfigurationTests
{
    [Theory]
    [InlineData("127.0.0.1:6379", 1500)]
    [InlineData("127.0.0.1:6379,connectTimeout=10000", 3000)]
    public void Pauses_DoNotGrow(string connectionString, int milliseconds)
    {
        var policy = RedisConfiguration.Parse(connectionString).ReconnectRetryPolicy;

        // As often as in an outage of hours: it would have been 10 s after the fifteenth.
        Assert.All([0, 1, 15, 10_000], tries => Assert.True(policy.ShouldRetry(tries, milliseconds)));
        Assert.False(policy.ShouldRetry(0, milliseconds - 1));
    }
}
