//! How often outputs are written, as configurations say it.

use farfield_dynamics::config::{Config, Every};

#[test]
fn outputs_by_steps_time_and_the_clock() {
    let with = |key: &str, value: &str| {
        toml::from_str::<Config>(&format!("[output]\n{key} = {value}\npictures = 3\n"))
    };
    for (value, every) in [
        ("0", Every::Steps(0)),
        ("40", Every::Steps(40)),
        ("{ time = 0.5 }", Every::Time(0.5)),
        ("{ time = 2 }", Every::Time(2.0)),
        ("{ seconds = 600 }", Every::Seconds(600.0)),
    ] {
        let config = with("snapshot_every", value).unwrap();
        config.check().unwrap();
        assert_eq!(
            (config.output.snapshot_every, config.output.pictures),
            (every, 3)
        );
        let again: Config = toml::from_str(&toml::to_string(&config).unwrap()).unwrap();
        assert_eq!(again, config);
        let told: Config = with("snapshot_every", &every.to_string()).unwrap();
        assert_eq!(told, config);
        if !matches!(every, Every::Seconds(_)) {
            let config = with("diagnostics_every", value).unwrap();
            config.check().unwrap();
            assert_eq!(config.output.diagnostics_every, every);
        }
    }
    for (key, value, expected) in [
        (
            "snapshot_every",
            "{ time = 0.0 }",
            "output.snapshot_every.time: 0 (allowed: finite and above 0)",
        ),
        (
            "snapshot_every",
            "{ time = nan }",
            "output.snapshot_every.time: NaN (allowed: finite and above 0)",
        ),
        (
            "snapshot_every",
            "{ seconds = -1 }",
            "output.snapshot_every.seconds: -1 (allowed: finite and above 0)",
        ),
        (
            "diagnostics_every",
            "{ time = inf }",
            "output.diagnostics_every.time: inf (allowed: finite and above 0)",
        ),
        (
            "diagnostics_every",
            "{ seconds = 5 }",
            "output.diagnostics_every: { seconds = 5.0 } (allowed: a number of steps or { time = … }, as by the clock no two runs \
             would have the same rows)",
        ),
    ] {
        let error = with(key, value).unwrap().check().unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    for (value, found) in [
        ("-1", "integer `-1`"),
        ("2.5", "floating point `2.5`"),
        ("\"often\"", "string \"often\""),
        ("{}", "an empty table"),
        ("{ time = 1, seconds = 1 }", "both time and seconds"),
    ] {
        let error = with("snapshot_every", value).unwrap_err().to_string();
        let allowed = "a number of steps, { time = … } or { seconds = … }";
        assert!(
            error.contains(&format!("{found}, expected {allowed}")),
            "{error}"
        );
    }
    let error = with("snapshot_every", "{ tim = 1 }")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("unknown field `tim`, expected `time` or `seconds`"),
        "{error}"
    );
}
