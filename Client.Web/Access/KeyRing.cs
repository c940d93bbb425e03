using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace TaskGrid.Access;

/// <summary>
/// Finds out whose key it is that a request brings. The grid's keys are asked for every two seconds at most, however many requests there
/// are, and are never taken to be right for longer than five: that is how long a key may be used after it was revoked elsewhere.
/// </summary>
internal sealed class KeyRing(ApiKeyClient keys, IOptions<AccessOptions> options, TimeProvider time)
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_usable = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <summary>The id of the key that is in the settings.</summary>
    public const string AdminId = "admin";

    private readonly string? _admin = string.IsNullOrEmpty(options.Value.AdminKey) ? null : Digest(options.Value.AdminKey);
    private readonly Lock _gate = new();
    private Dictionary<string, StoredApiKey> _known = [];
    private long? _readAt;
    private Task? _reading;
    private int _changes;

    /// <summary>The key that a text is; <c>null</c> when it is none, or none any more.</summary>
    /// <exception cref="GridUnavailableException">Only the grid knows, and it does not answer.</exception>
    public async Task<StoredApiKey?> FindAsync(string text)
    {
        if (_admin is not null && AreSame(Digest(text), _admin))
        {
            return new() { Id = AdminId, Name = AdminId, Hash = _admin, Roles = [AccessRole.Admin] };
        }

        if (ApiKeyText.Parse(text) is not { } key)
        {
            return null;
        }

        var known = await KnownAsync();
        return known.GetValueOrDefault(key.Id) is { } stored && AreSame(key.Hash, stored.Hash) && Counts(stored, known) ? stored : null;
    }

    /// <summary>Whether a key that was found still counts.</summary>
    /// <exception cref="GridUnavailableException">Only the grid knows, and it does not answer.</exception>
    public async Task<bool> IsStillAsync(StoredApiKey key)
    {
        if (key.Id == AdminId)
        {
            return true;
        }

        var known = await KnownAsync();
        return known.GetValueOrDefault(key.Id) is { } stored && stored.Hash == key.Hash && Counts(stored, known);
    }

    /// <summary>The keys have changed here: they are read again before the next is looked for.</summary>
    public void Changed()
    {
        lock (_gate)
        {
            // What is being read now may be older than the change.
            _changes++;
            (_readAt, _reading) = (null, null);
        }
    }

    private async Task<Dictionary<string, StoredApiKey>> KnownAsync()
    {
        var since = time.GetTimestamp();
        while (true)
        {
            Task reading;
            lock (_gate)
            {
                if (IsYoungerThan(s_fresh))
                {
                    return _known;
                }

                reading = _reading ??= ReadAsync(_changes);
            }

            await reading.WaitAsync(s_patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_gate)
            {
                // Whatever came of it: what was read may have been dropped, because the keys had changed meanwhile, and is then read once more.
                if (IsYoungerThan(s_usable))
                {
                    return _known;
                }
            }

            if (!reading.IsCompletedSuccessfully || time.GetElapsedTime(since) > s_usable)
            {
                throw Unknown();
            }
        }
    }

    private bool IsYoungerThan(TimeSpan age) => _readAt is { } at && time.GetElapsedTime(at) < age;

    private static GridUnavailableException Unknown() => new(ErrorCodes.GridUnavailable, "Nobody can say whose key this is: the grid does not answer.");

    private async Task ReadAsync(int changes)
    {
        await Task.Yield();
        var at = time.GetTimestamp();
        IReadOnlyList<StoredApiKey>? all = null;
        try
        {
            all = await keys.ListAsync(CancellationToken.None);
        }
        finally
        {
            lock (_gate)
            {
                if (changes == _changes)
                {
                    _reading = null;
                    (_known, _readAt) = all is null ? (_known, _readAt) : (all.ToDictionary(k => k.Id), at);
                }
            }
        }
    }

    private bool Counts(StoredApiKey key, Dictionary<string, StoredApiKey> known) => key.IsLive(time.GetUtcNow()) && IsStillSignedIn(key, known);

    /// <summary>Whether what a browser has signed in with still counts, and is still the same.</summary>
    private bool IsStillSignedIn(StoredApiKey key, Dictionary<string, StoredApiKey> known) => key.SignedInWith switch
    {
        null => true,
        AdminId => key.SignedInHash == _admin,
        var with => known.GetValueOrDefault(with) is { } parent && parent.Hash == key.SignedInHash && parent.IsLive(time.GetUtcNow()),
    };

    // Of one length, so that comparing tells nothing of it.
    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static bool AreSame(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
