namespace TaskGrid.Faults.Proof;

/// <summary>What the long form is made of.</summary>
internal static class Parts
{
    private const int Times = 3;

    /// <param name="previous">The program of the commit before.</param>
    public static IReadOnlyList<PartRun> All(string previous) =>
    [
        .. Cases("When_the_grid_is_hurt", 3000, "A_silo_is_killed", "Two_silos_are_killed", "All_silos_are_killed", "A_silo_is_frozen_for_20_seconds",
            "Redis_is_killed_and_down_for_20_seconds", "Redis_is_frozen", "A_silo_is_cut_off_from_Redis_for_20_seconds", "Redis_is_slow_and_connections_break",
            "A_burst_comes_all_at_once"),
        .. Cases("When_the_grid_is_hurt", 3000, "The_web_application_is_killed_while_it_accepts").Select(c => c.With("TASKGRID_FAULTS_WEB_KILLS", "100")),
        .. Cases("When_silos_are_hurt_in_other_ways", 3000, "A_silo_is_frozen", "All_silos_are_killed_and_come_back_at_the_same_addresses",
            "A_silo_is_stopped_while_a_task_runs_for_a_minute", "A_task_eats_all_memory", "Tasks_block_their_threads", "Tasks_never_end", "A_task_ends_its_process_each_time"),
        .. Cases("When_the_power_of_Redis_fails", 7000, "*"),
        .. Cases("When_Redis_refuses", 3000, "*"),
        .. Cases("When_the_network_is_cut", 3000, "*"),
        .. Cases("When_a_cable_is_bad", 3000, "*"),
        .. Cases("When_clocks_differ", 2000, "*"),
        .. Cases("When_a_key_is_hot", 10_000, "*"),
        .. Cases("When_the_grid_is_upgraded", 6000, "*").Select(c => c.With("TASKGRID_FAULTS_PREVIOUS", previous)),
        .. Cases("When_the_store_cannot_keep_its_promise", 0, "*"),
        new("kills", "Faults", "When_silos_are_hurt_in_other_ways", "A_silo_is_killed_twenty_times", ("TASKGRID_FAULTS_N", "1000")),
        .. Enumerable.Range(1, 10).Select(i => new PartRun($"fault-points.{i}", "Faults", "When_silos_end_at_fault_points", "*", ("TASKGRID_FAULTS_KILLS", "5"))),
        .. Enumerable.Range(1, 10).Select(i => new PartRun($"forgetting.{i}", "Faults", "When_silos_end_while_they_forget_tasks", "*", ("TASKGRID_FAULTS_KILLS", "5"))),
        .. Enumerable.Range(1, 10).Select(i => new PartRun(
            $"simulation.{i}", "Simulation", "When_anything_goes_wrong", "Every_promise_is_kept", ("TASKGRID_SIMULATION_HISTORIES", "100000"), ("TASKGRID_SIMULATION_FIRST", $"{i * 100_000}"))),
        new("busy", "Faults", "When_the_processors_are_busy", "*", ("TASKGRID_FAULTS_N", "3000"), ("TASKGRID_FAULTS_MINUTES", "30")),
        new("soak", "Faults", "When_faults_never_stop", "*", ("TASKGRID_FAULTS_MINUTES", "60")),
    ];

    private static IEnumerable<PartRun> Cases(string type, int n, params string[] methods) =>
        methods.SelectMany(m => Enumerable.Range(1, Times).Select(i => new PartRun(
            $"{type}{(m == "*" ? "" : $".{m}")}.{i}", "Faults", type, m, ("TASKGRID_FAULTS_N", $"{n}"))));
}
