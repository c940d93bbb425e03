using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using TaskGrid.Access;
using TaskGrid.Errors;
using TaskGrid.Requests;

namespace TaskGrid.Apis;

/// <summary>API keys: made, listed, rotated and revoked. They count within five seconds, in every web process.</summary>
internal static class KeyApi
{
    public static async Task<Results<Created<NewKey>, ProblemHttpResult>> Create(HttpContext http, ApiKeyClient keys, KeyRing ring, IOptions<AccessOptions> options, TimeProvider time)
    {
        if (!options.Value.IsClosed)
        {
            return Problems.Of(new(ApiErrorCodes.AccessOpen, "Nobody is asked for a key yet: set Access__AdminKey first."));
        }

        var body = await JsonBody.ReadAsync(http.Request);
        var text = ApiKeyText.New();
        var key = body.Refusal is { } badBody ? badBody : KeyReader.Read(body.Value, text.Id, text.Hash, time.GetUtcNow());
        if (key.Refusal is { } refusal)
        {
            return Problems.Of(refusal);
        }

        await keys.PutAsync(key.Value!, http.RequestAborted);
        return Made(http, ring, key.Value!, text);
    }

    public static async Task<Ok<KeyList>> List(HttpContext http, ApiKeyClient keys) =>
        TypedResults.Ok(new KeyList([.. (await keys.ListAsync(http.RequestAborted)).Where(k => k.SignedInWith is null).OrderBy(k => k.CreatedAt).Select(KeyItem.Of)]));

    public static async Task<Results<Created<NewKey>, ProblemHttpResult>> Rotate(string id, HttpContext http, ApiKeyClient keys, KeyRing ring)
    {
        var body = await JsonBody.ReadOptionalAsync(http.Request);
        var overlap = body.Refusal is { } badBody ? badBody : KeyReader.ReadOverlap(body.Value);
        if (overlap.Refusal is { } refusal)
        {
            return Problems.Of(refusal);
        }

        var text = ApiKeyText.New();
        return await keys.RotateAsync(id, text.Id, text.Hash, overlap.Value, http.RequestAborted) is { } key ? Made(http, ring, key, text) : NoKey();
    }

    public static async Task<Results<NoContent, ProblemHttpResult>> Revoke(string id, HttpContext http, ApiKeyClient keys, KeyRing ring)
    {
        var removed = await keys.RemoveAsync(id, http.RequestAborted);
        ring.Changed();
        return removed ? TypedResults.NoContent() : NoKey();
    }

    private static Created<NewKey> Made(HttpContext http, KeyRing ring, StoredApiKey key, ApiKeyText text)
    {
        ring.Changed();
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"{http.Request.PathBase}/api/v1/keys", new NewKey($"{text}", KeyItem.Of(key)));
    }

    private static ProblemHttpResult NoKey() => Problems.Of(new(ApiErrorCodes.NotFound, "There is no such key; it may have expired or been revoked."));
}

/// <summary>A key that has just been made.</summary>
/// <param name="Key">The key itself, shown this once.</param>
/// <param name="Info">What is known of it from now on.</param>
internal sealed record NewKey(string Key, KeyItem Info);

/// <summary>The keys that count.</summary>
/// <param name="Items">Oldest first.</param>
internal sealed record KeyList(IReadOnlyList<KeyItem> Items);

/// <summary>A key, without its secret.</summary>
/// <param name="Id">Its id, which is part of the key.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Roles">What it may be used for.</param>
/// <param name="Queues">The queues that it is limited to; none for all.</param>
/// <param name="Tasks">The task names that it is limited to; none for all.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when on it is none any more.</param>
/// <param name="RetiresAt">When it was rotated: from when on only the key in its place counts.</param>
internal sealed record KeyItem(
    string Id, string Name, IReadOnlyList<string> Roles, IReadOnlyList<string> Queues, IReadOnlyList<string> Tasks, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt,
    DateTimeOffset? RetiresAt)
{
    public static KeyItem Of(StoredApiKey key) => new(key.Id, key.Name, [.. key.Roles.Select(AccessPolicies.NameOf)], key.Queues, key.Tasks, key.CreatedAt, key.ExpiresAt, key.RetiresAt);
}

/// <summary>How a key is replaced.</summary>
internal sealed record KeyRotation
{
    /// <summary>How many seconds the old one still counts; left out: a day.</summary>
    public double? Overlap { get; init; }
}
