namespace TaskGrid;

/// <summary>The rest of an attempt: the middleware that follows, and at last the handler.</summary>
/// <param name="execution">The attempt; after the call, its result.</param>
public delegate Task TaskExecutionDelegate(TaskExecution execution);
