using System.Text.Json.Serialization;

namespace TaskGrid;

/// <summary>What whoever has a key may do over HTTP.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AccessRole>))]
internal enum AccessRole
{
    /// <summary>Hand tasks in, and be answered with them; look at nothing else.</summary>
    Submit,

    /// <summary>Look at tasks, queues and workers; change nothing.</summary>
    Read,

    /// <summary>Look, and operate: cancel, retry, change and forget tasks, pause and configure queues, drain workers.</summary>
    Operate,

    /// <summary>All of that, and keys and the Orleans dashboard.</summary>
    Admin,
}
