namespace TaskGrid;

/// <summary>
/// Marks an argument that only the handler is to see: a parameter of a delegate, or a property, field or constructor parameter of an argument type. It is kept
/// as it was submitted, and everybody who looks at the task is shown <c>"[hidden]"</c> in its place (<see cref="TaskSnapshot.Args"/>).
/// </summary>
/// <remarks>
/// An argument is hidden as a whole, also when the mark lies deeper in its type. The mark counts from the acceptance of a task on: tasks that were accepted before
/// it was there are shown as they were. Results, errors and logs are the handler's to keep clean.
/// </remarks>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class SensitiveAttribute : Attribute;
