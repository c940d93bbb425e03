namespace TaskGrid.Simulation;

/// <summary>Mistakes that are made on purpose, each of which the simulation has to find.</summary>
public enum PlantedBug
{
    None,

    /// <summary>The store takes an outcome or a returned lease with any token.</summary>
    NoTokenCheck,

    /// <summary>A lease has the token of the one before it.</summary>
    TokenUsedAgain,

    /// <summary>A submit is answered before the store has the task.</summary>
    AcknowledgedBeforeStored,

    /// <summary>A known id is taken in once more.</summary>
    AcceptedAnew,

    /// <summary>Deduplication keys are not looked at.</summary>
    UniqueNotChecked,

    /// <summary>A worker gets its leases before the store has them.</summary>
    LeaseAfterPush,

    /// <summary>A dispatcher that has been superseded goes on leasing.</summary>
    NoEpochCheck,

    /// <summary>What has expired is leased all the same.</summary>
    ExpiredLeased,

    /// <summary>Leases are not counted in their limits.</summary>
    LimitsNotCounted,

    /// <summary>A cancel of a running task is told its worker only.</summary>
    CancelNotStored,

    /// <summary>A returned lease takes the wish to cancel with it.</summary>
    CancelForgotten,

    /// <summary>A task that was to be cancelled is tried again when it fails.</summary>
    RetriedThoughCancelled,

    /// <summary>A failed attempt is not counted.</summary>
    AttemptsNotCounted,

    /// <summary>A task that crashes processes does so for ever.</summary>
    NoCrashLimit,

    /// <summary>A silo that is not confirmed goes on running.</summary>
    NotSuspended,

    /// <summary>A silo begins what it holds without looking whether it may.</summary>
    BegunUnconfirmed,

    /// <summary>After its beginning was written it is not looked again whether code may begin.</summary>
    NotLookedAgain,

    /// <summary>The answer to a beat counts from when it came, not from when the beat was sent.</summary>
    ConfirmedByTheAnswer,

    /// <summary>A silo whose new name was not answered stays suspended, though its beats are taken.</summary>
    NewNameForgotten,

    /// <summary>A silo that stops leaves without looking for leases that never arrived.</summary>
    LeftWithLeases,

    /// <summary>The beginning of what is delivered at most once is not written.</summary>
    BeginningNotWritten,

    /// <summary>Two seconds without a beat are a death.</summary>
    BuriedTooSoon,

    /// <summary>A silo is buried though it has beaten since.</summary>
    BuriedUnseen,

    /// <summary>Leases of silos that live lapse as well.</summary>
    LapsedAlive,

    /// <summary>Leases that never arrived stay where they are.</summary>
    NeverCompared,

    /// <summary>Leases that are on their way are given back as lost.</summary>
    ComparedTooSoon,

    /// <summary>What went back without an answer goes back again as if its code had never begun.</summary>
    BegunForgotten,

    /// <summary>Nobody looks for queues with work, and dispatchers set no timers.</summary>
    NoWatch,

    /// <summary>Nobody ends the leases of dead silos.</summary>
    NeverReaped,

    /// <summary>An outcome that the store did not answer to is thrown away, with the lease in hand.</summary>
    OutcomeThrownAway,

    /// <summary>After lost writes running leases are not offered again.</summary>
    NotOfferedAgain,

    /// <summary>A silo whose coming the store has lost offers its leases, and is not on the list for that.</summary>
    OfferedUnlisted,

    /// <summary>A silo that had not seen what the store has lost is not told that it has.</summary>
    LifeNotCompared,

    /// <summary>A store that runs anew leases before silos can know.</summary>
    LeasedByAnotherProcess,

    /// <summary>A lease that was on its way when its silo offered all that it held is run.</summary>
    ArrivesUnoffered,
}
