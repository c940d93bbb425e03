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

    private readonly byte[] _admin = Digest(options.Value.AdminKey ?? "");
    private readonly Lock _gate = new();
    private Dictionary<string, StoredApiKey> _known = [];
    private long? _readAt;
    private Task? _reading;
    private int _changes;

    /// <summary>The key that a text is; <c>null</c> when it is none, or none any more.</summary>
    /// <exception cref="GridUnavailableException">Only the grid knows, and it does not answer.</exception>
    public async Task<StoredApiKey?> FindAsync(string text)
    {
        if (!string.IsNullOrEmpty(options.Value.AdminKey) && CryptographicOperations.FixedTimeEquals(Digest(text), _admin))
        {
            return new() { Id = AdminId, Name = AdminId, Hash = "", Roles = [AccessRole.Admin] };
        }

        return ApiKeyText.Parse(text) is { } key
            && (await KnownAsync()).GetValueOrDefault(key.Id) is { } stored
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key.Hash), Encoding.UTF8.GetBytes(stored.Hash))
            && !(stored.ExpiresAt <= time.GetUtcNow())
                ? stored
                : null;
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
        Task reading;
        lock (_gate)
        {
            if (_readAt is { } at && time.GetElapsedTime(at) < s_fresh)
            {
                return _known;
            }

            reading = _reading ??= ReadAsync(_changes);
        }

        try
        {
            await reading.WaitAsync(s_patience, time);
        }
        catch (Exception e) when (e is GridUnavailableException or TimeoutException)
        {
            lock (_gate)
            {
                if (_readAt is not { } at || time.GetElapsedTime(at) >= s_usable)
                {
                    throw new GridUnavailableException(ErrorCodes.GridUnavailable, "Nobody can say whose key this is: the grid does not answer.");
                }
            }
        }

        lock (_gate)
        {
            return _known;
        }
    }

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

    // Of one length, so that comparing tells nothing of it.
    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
