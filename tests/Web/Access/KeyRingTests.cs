using System.Reflection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using TaskGrid.Access;
using Xunit;

namespace TaskGrid.Tests.Web.Access;

/// <summary>What a web process knows of the keys, while they change and while nobody tells it.</summary>
public sealed class KeyRingTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly KeysStub _grid = new();
    private readonly KeyRing _ring;

    public KeyRingTests()
    {
        var calls = new GridCalls(Options.Create(new TaskGridClientOptions { SubmitTimeout = TimeSpan.FromSeconds(1) }), new(_time), TimeProvider.System);
        _ring = new(new(_grid.Factory, calls), Options.Create(new AccessOptions()), _time);
    }

    [Fact]
    public async Task What_is_known_is_asked_for_again_after_two_seconds()
    {
        var key = _grid.Make();
        Assert.NotNull(await _ring.FindAsync($"{key}"));
        _grid.Keys.Clear();
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.NotNull(await _ring.FindAsync($"{key}"));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Null(await _ring.FindAsync($"{key}"));
        Assert.Equal(2, _grid.Reads);
    }

    [Fact]
    public async Task A_grid_that_does_not_answer_is_believed_for_five_seconds()
    {
        var key = _grid.Make();
        Assert.NotNull(await _ring.FindAsync($"{key}"));
        _grid.IsAway = true;
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.NotNull(await _ring.FindAsync($"{key}"));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await Assert.ThrowsAsync<GridUnavailableException>(() => _ring.FindAsync($"{key}"));
    }

    /// <summary>The keys have changed here while they were read: what was read may be older, and what was known before is older still.</summary>
    [Fact]
    public async Task What_was_read_while_the_keys_changed_is_read_again()
    {
        var revoked = _grid.Make();
        Assert.NotNull(await _ring.FindAsync($"{revoked}"));
        _time.Advance(TimeSpan.FromHours(1));
        _grid.Keys.Clear();
        var answer = _grid.Hold();
        var finding = _ring.FindAsync($"{revoked}");
        await answer.Asked;
        _ring.Changed();
        answer.Give();

        Assert.Null(await finding);
        Assert.Equal(3, _grid.Reads);
    }

    [Fact]
    public async Task Many_who_ask_at_once_are_one_question()
    {
        var key = _grid.Make();
        var answer = _grid.Hold();
        var finding = Enumerable.Range(0, 100).Select(_ => _ring.FindAsync($"{key}")).ToList();
        await answer.Asked;
        answer.Give();
        Assert.All(await Task.WhenAll(finding), Assert.NotNull);
        Assert.Equal(1, _grid.Reads);
    }

    private sealed class KeysStub : IApiKeysGrain
    {
        private Held? _held;

        public List<StoredApiKey> Keys { get; } = [];

        public int Reads { get; private set; }

        public bool IsAway { get; set; }

        public IGrainFactory Factory
        {
            get
            {
                var factory = DispatchProxy.Create<IGrainFactory, FactoryStub>();
                ((FactoryStub)factory).Grain = this;
                return factory;
            }
        }

        public ApiKeyText Make()
        {
            var key = ApiKeyText.New();
            Keys.Add(new() { Id = key.Id, Hash = key.Hash, Name = "test", Roles = [AccessRole.Read] });
            return key;
        }

        /// <summary>The next question waits for its answer.</summary>
        public Held Hold() => _held = new();

        public async Task<IReadOnlyList<StoredApiKey>> List()
        {
            Reads++;
            if (_held is { } held)
            {
                _held = null;
                await held.WaitAsync();
            }

            return IsAway ? throw new TimeoutException("No answer.") : [.. Keys];
        }

        public Task<TaskRefusal?> Put(StoredApiKey key) => throw new NotSupportedException();

        public Task<StoredApiKey?> Rotate(string id, string newId, string newHash, TimeSpan overlap) => throw new NotSupportedException();

        public Task<bool> Remove(string id) => throw new NotSupportedException();
    }

    private sealed class Held
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _given = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public void Give() => _given.SetResult();

        public Task WaitAsync()
        {
            _asked.SetResult();
            return _given.Task;
        }
    }

    /// <summary>Knows the keys' grain only.</summary>
    public class FactoryStub : DispatchProxy
    {
        internal IApiKeysGrain? Grain { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Grain;
    }
}
