using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using TaskGrid.Hosting;

namespace TaskGrid.Storage;

/// <summary>
/// A silo's way to the store: two connections, so that reads and beats do not stand behind large writes, each with its
/// group commit; the grid's epoch; the life of the store in which this silo's leases are known; and the highest sequence number seen.
/// </summary>
internal sealed partial class StoreConnection : IAsyncDisposable
{
    private readonly StoreOptions _options;
    private readonly RedisKey _epochKey;
    private readonly EngineCalls _calls;
    private readonly EngineFaults _faults;
    private readonly StoreCheck _check;
    private readonly ILogger _logger;
    private readonly StoreBatcher _writer;
    private readonly StoreBatcher _reader;
    private ConnectionMultiplexer? _writes;
    private ConnectionMultiplexer? _reads;
    private string _epoch = "";
    private string _life = "";
    private long _seen;
    private StoreUnavailableException? _fault = new("The store has not been connected yet.");

    public StoreConnection(StoreOptions options, EngineFaults faults, ILogger<StoreConnection> logger)
    {
        _options = options;
        _epochKey = "{" + options.Grid + "}:epoch";
        _calls = new(_epochKey, options.Script(EngineScript.Text), logger);
        _faults = faults;
        _check = new(options.AllowUnsafe, logger);
        _logger = logger;
        _writer = new(batch => SendAsync(_writes, batch));
        _reader = new(batch => SendAsync(_reads, batch));
    }

    /// <summary>Raised when the store was wiped or exchanged: nothing that this silo does can be stored any more.</summary>
    public event Action? Replaced;

    /// <summary>Raised for a queue in which an operation has made room or opened a lane: its dispatcher has to look again.</summary>
    public event Action<string>? Woken;

    /// <summary>Raised for a task that an operation has made final apart from the end of an attempt: cancelled, expired or replaced while it waited, lost with its process.</summary>
    public event Action<string>? Ended;

    /// <summary>Raised for each task that an operation of this silo has changed; must neither throw nor take long.</summary>
    public event Action<TaskEvent>? Changed;

    /// <summary>The store's clock, as far as it is known here.</summary>
    public StoreTime Clock { get; } = new(TimeProvider.System);

    /// <summary>Why the store can't be relied on now, or <c>null</c>.</summary>
    public StoreUnavailableException? Fault => Volatile.Read(ref _fault);

    /// <summary>Why no task may be accepted, by what was found when the store was last looked at, or <c>null</c>. What is there can be finished.</summary>
    public TaskRefusal? Refusal => _check.Refusal;

    /// <summary>The highest sequence number seen of the store.</summary>
    public long Sequence => Volatile.Read(ref _seen);

    /// <summary>The identity of the store's contents; another one means other contents.</summary>
    public string Epoch => _epoch;

    /// <summary>Connects, and gives the grid its epoch when the store has none yet.</summary>
    /// <exception cref="RedisConnectionException">The store can't be reached.</exception>
    /// <exception cref="StoreFormatException">Its records are those of another version.</exception>
    public async Task OpenAsync()
    {
        var configuration = RedisConfiguration.Parse(_options.ConnectionString);
        configuration.AbortOnConnectFail = true;
        configuration.ClientName = $"taskgrid:{_options.Grid}";
        try
        {
            // The traffic of the tasks changes threads less on the shared pool. Beats keep the threads of their own that are the
            // default: they must get through when user code has filled the pool.
            var shared = configuration.Clone();
            shared.SocketManager = SocketManager.ThreadPool;
            _writes = await ConnectionMultiplexer.ConnectAsync(shared).ConfigureAwait(false);
            _reads = await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);
            var database = _writes.GetDatabase();
            await database.StringSetAsync(_epochKey, Guid.NewGuid().ToString("N"), when: When.NotExists).ConfigureAwait(false);
            _epoch = (string)(await database.StringGetAsync(_epochKey).ConfigureAwait(false))!;
            await _calls.OpenAsync(database).ConfigureAwait(false);
            _life = LifeOf((await CallAsync(_writes, [new("join", false, [])], "", 0).ConfigureAwait(false))[0]);
            if (_life.StartsWith('-'))
            {
                LogProcessUnknown();
            }

            Volatile.Write(ref _fault, null);
            await CheckAsync().ConfigureAwait(false);
        }
        catch
        {
            // The caller tries again: what is open would keep itself connected for ever.
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Looks whether the store can take more tasks, and keeps those that it has.</summary>
    public Task CheckAsync() => _check.LookAsync(_reads!.GetDatabase());

    /// <summary>Runs an operation that changes something.</summary>
    /// <exception cref="StoreUnavailableException">No answer; it may have been carried out.</exception>
    public Task<RedisResult[]> WriteAsync(string name, params RedisValue[] args) => _writer.RunAsync(new(name, true, args));

    /// <summary>Changes that are asked for until it is disposed go together, as far as one call takes them.</summary>
    public IDisposable Gather() => _writer.Gather();

    /// <summary>Runs an operation that only reads.</summary>
    /// <exception cref="StoreUnavailableException">No answer.</exception>
    public Task<RedisResult[]> ReadAsync(string name, params RedisValue[] args) => _reader.RunAsync(new(name, false, args));

    /// <summary>Runs a change on the connection of the reads, past a queue of large writes: beats must not wait.</summary>
    public Task<RedisResult[]> WriteUrgentAsync(string name, params RedisValue[] args) => _reader.RunAsync(new(name, true, args));

    /// <summary>
    /// When leases are in doubt (until then this silo's calls are refused): offers those of running attempts again and lets the store count on from what
    /// this silo had seen. Returns the ids whose lease was not taken back.
    /// </summary>
    /// <exception cref="StoreUnavailableException">No answer: the recovery is to be tried again.</exception>
    public async Task<IReadOnlyList<string>> AdvanceAsync(IReadOnlyList<(string Id, string Lease)> running)
    {
        var seen = Volatile.Read(ref _seen);
        var ops = running.Select(r => new StoreOp("reoffer", false, [r.Id, r.Lease])).Append(new("advance", false, [seen])).ToArray();
        // On the connection of the beats: this silo has shown that it lives by it, and the other one may connect seconds later.
        var replies = await OfferAsync(ops).ConfigureAwait(false);
        Volatile.Write(ref _life, LifeOf(replies[^1]));
        Volatile.Write(ref _fault, null);
        LogAdvanced(running.Count, seen);
        return [.. running.Where((_, i) => (string?)((RedisResult[])replies[i]!)[0] != "ok").Select(r => r.Id)];
    }

    private async Task<RedisResult[]> OfferAsync(StoreOp[] ops)
    {
        try
        {
            return await CallAsync(_reads, ops, "", 0).ConfigureAwait(false);
        }
        catch (StoreForeignException e)
        {
            Report(e);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_writes is not null)
        {
            await _writes.DisposeAsync().ConfigureAwait(false);
        }

        if (_reads is not null)
        {
            await _reads.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<RedisResult[]> SendAsync(ConnectionMultiplexer? connection, IReadOnlyList<StoreOp> batch)
    {
        var fault = Volatile.Read(ref _fault);
        if (fault is LeasesInDoubtException)
        {
            throw fault;
        }

        var life = Volatile.Read(ref _life);
        try
        {
            var replies = await CallAsync(connection, batch, life, Volatile.Read(ref _seen)).ConfigureAwait(false);
            Interlocked.CompareExchange(ref _fault, null, fault);
            return replies;
        }
        catch (StoreRestartedException) when (life != Volatile.Read(ref _life))
        {
            // The answer is older than the recovery.
            throw;
        }
        catch (StoreUnavailableException e)
        {
            Report(e);
            throw;
        }
    }

    private async Task<RedisResult[]> CallAsync(ConnectionMultiplexer? connection, IReadOnlyList<StoreOp> batch, string life, long seen)
    {
        var database = (connection ?? throw new StoreUnavailableException("The store has not been connected yet.")).GetDatabase();
        var argv = ArgumentsOf(batch, life, seen);
        _faults.Hit(FaultPoint.Before, batch);
        var sent = Clock.Now;
        var reply = await EvaluateAsync(database, argv).ConfigureAwait(false);
        switch ((string?)reply[0])
        {
            case "epoch":
                throw new StoreForeignException(_epoch, (string)reply[1]!);
            case "restarted":
                throw new StoreRestartedException();
            case "rolledback":
                throw new StoreRolledBackException(seen, (long)reply[1]);
            default:
                _faults.Hit(FaultPoint.After, batch);
                Clock.Observe(sent, Clock.Now, TimeSpan.FromMicroseconds((long)reply[3]));
                Remember((long)reply[1]);
                foreach (var queue in (RedisResult[])reply[2]!)
                {
                    Woken?.Invoke((string)queue!);
                }

                if (Ended is { } ended)
                {
                    foreach (var id in (RedisResult[])reply[4]!)
                    {
                        ended((string)id!);
                    }
                }

                var answers = reply[5..];
                if (Changed is { } changed)
                {
                    foreach (var what in batch.Zip(answers, (operation, answer) => StoreChanges.In(operation, (RedisResult[])answer!)).SelectMany(c => c))
                    {
                        changed(what);
                    }
                }

                return answers;
        }
    }

    private RedisValue[] ArgumentsOf(IReadOnlyList<StoreOp> batch, string life, long seen)
    {
        var (words, changes) = (4, 0);
        foreach (var op in batch)
        {
            words += op.Args.Length + 2;
            changes += op.Changes ? 1 : 0;
        }

        var argv = new RedisValue[words];
        (argv[0], argv[1], argv[2], argv[3]) = (_epoch, life, seen, changes);
        var at = 4;
        foreach (var op in batch)
        {
            argv[at++] = op.Name;
            argv[at++] = op.Args.Length;
            op.Args.CopyTo(argv, at);
            at += op.Args.Length;
        }

        return argv;
    }

    private async Task<RedisResult[]> EvaluateAsync(IDatabase database, RedisValue[] argv)
    {
        try
        {
            return (RedisResult[])(await _calls.CallAsync(database, argv).ConfigureAwait(false))!;
        }
        catch (Exception e)
        {
            throw new StoreUnavailableException($"The store did not answer: {e.Message}", e);
        }
    }

    private void Remember(long sequence)
    {
        var seen = Volatile.Read(ref _seen);
        while (sequence > seen)
        {
            var found = Interlocked.CompareExchange(ref _seen, sequence, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }

    private void Report(StoreUnavailableException e)
    {
        var known = Volatile.Read(ref _fault);
        // Nobody is left to whom leases in doubt could be offered, once the store is another one.
        while (known is not LeasesInDoubtException || e is StoreForeignException)
        {
            var found = Interlocked.CompareExchange(ref _fault, e, known);
            if (found == known)
            {
                break;
            }

            known = found;
        }

        if ((known is LeasesInDoubtException && e is not StoreForeignException) || known?.GetType() == e.GetType())
        {
            return;
        }

        if (e is StoreRestartedException)
        {
            LogRestarted(e.Message);
        }
        else
        {
            LogFault(e.Message);
        }

        if (e is StoreForeignException)
        {
            Replaced?.Invoke();
        }
    }

    private static string LifeOf(RedisResult reply) => (RedisResult[])reply! is not [var word, var said, ..]
        ? throw new StoreUnavailableException($"The store did not say whether it has this silo's leases: {reply}")
        : (string?)word switch
        {
            "ok" => (string)said!,
            "format" => throw new StoreFormatException((string)said!),
            _ => throw new StoreUnavailableException($"The store did not say whether it has this silo's leases: {said}"),
        };

    [LoggerMessage(LogLevel.Warning, "{Fault}")]
    private partial void LogRestarted(string fault);

    [LoggerMessage(LogLevel.Warning, "The store does not say which process it is (INFO is not allowed): when it loses writes, silos that had not seen them can't be told")]
    private partial void LogProcessUnknown();

    [LoggerMessage(LogLevel.Critical, "{Fault}")]
    private partial void LogFault(string fault);

    [LoggerMessage(LogLevel.Warning, "Offered {Count} running leases again; the store counts on from {Sequence} or later")]
    private partial void LogAdvanced(int count, long sequence);
}
