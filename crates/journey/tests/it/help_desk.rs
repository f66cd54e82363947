//! The Italian help desk by ticket, against published and computed facts.

use std::io::Read;
use std::path::PathBuf;

use throughline_journey::{
    Block, BlockBuilder, Grouping, Kind, Kinds, NewTouch, OwnedBlock, PathsSpec, Steps, TransitionsSpec, paths,
    transitions,
};

/// Tickets, activities and instants in microseconds, in the order of the file; nothing where the file is absent.
fn events() -> Option<Vec<(String, String, i64)>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    // Relative to the repository, as a person at its root would write it.
    let shared = std::env::var_os("THROUGHLINE_SHARED").map_or_else(|| "../shared".into(), PathBuf::from);
    let path = root.join(shared).join("data/helpdesk_italian/helpdesk.csv.gz");
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("skipped: {} is not there; name the folder of the data sets in THROUGHLINE_SHARED", path.display());
        return None;
    };
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
    let event = |line: &str| {
        let mut cells = line.split(',').map(str::to_owned);
        let (case, activity, at) = (cells.next().unwrap(), cells.next().unwrap(), cells.nth(1).unwrap());
        (case, activity, microseconds(&at))
    };
    Some(text.lines().skip(1).map(event).collect())
}

/// Microseconds of "2012/10/09 14:50:17.000", as if the clock were UTC.
fn microseconds(text: &str) -> i64 {
    let number = |from: usize, to: usize| text[from..to].parse::<i64>().unwrap();
    // Days since 1970 of the proleptic Gregorian calendar, counted in years that begin in March.
    let (year, month, day) = (number(0, 4) - i64::from(number(5, 7) < 3), (number(5, 7) + 9) % 12, number(8, 10));
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    let seconds = ((days * 24 + number(11, 13)) * 60 + number(14, 16)) * 60 + number(17, 19);
    seconds * 1_000_000 + number(20, 23) * 1000
}

fn kinds(events: &[(String, String, i64)]) -> Kinds {
    let mut names: Vec<&String> = events.iter().map(|(_, activity, _)| activity).collect();
    names.sort_unstable();
    names.dedup();
    let kind = |name: &String| Kind { table: "ticket_events".into(), kind: name.clone(), ..Kind::default() };
    Kinds { kinds: names.into_iter().map(kind).collect(), channels: Vec::new() }
}

fn blocks(events: &[(String, String, i64)], kinds: &Kinds) -> Vec<OwnedBlock> {
    let mut builders = [BlockBuilder::default(), BlockBuilder::default(), BlockBuilder::default()];
    for (row, (case, activity, at)) in events.iter().enumerate() {
        let touch = NewTouch {
            at: *at,
            seq: Some(row as i64),
            table: 0,
            key: "",
            kind: kinds.named(activity)[0],
            channel: 0,
            session: 0,
            fact: None,
        };
        builders[case.bytes().map(usize::from).sum::<usize>() % 3].push(case, &touch);
    }
    builders.map(|builder| builder.finish(u32::from)).into()
}

#[test]
fn tickets_take_the_published_number_of_paths() {
    let Some(events) = events() else { return };
    let kinds = kinds(&events);
    let owned = blocks(&events, &kinds);
    let blocks: Vec<Block<'_>> = owned.iter().enumerate().map(|(number, block)| block.as_block(number)).collect();
    let spec = PathsSpec {
        steps: Steps::kinds(&kinds),
        collapse: false,
        from: None,
        until: None,
        between: None,
        longest: 100,
        top: 1000,
        positions: 20,
        grouping: Grouping::All,
        compare: None,
    };
    let found = paths(&blocks, &spec, 2);
    assert_eq!((found.with_path, found.distinct, found.paths.len()), (4580, 226, 226));
    assert!(found.paths.windows(2).all(|pair| pair[0].share.count >= pair[1].share.count));
    let longest = found.paths.iter().map(|path| path.steps.len()).max();
    assert_eq!(longest, Some(15));
    let touchpoints: u64 = found.paths.iter().map(|path| path.steps.len() as u64 * path.share.count).sum();
    assert_eq!(touchpoints, 21_348);
    assert_eq!(found.flow.iter().map(|flow| flow.cases).sum::<u64>(), 21_348);
}

#[test]
fn every_event_of_a_ticket_but_the_last_is_left_for_another() {
    let Some(events) = events() else { return };
    let kinds = kinds(&events);
    let owned = blocks(&events, &kinds);
    let blocks: Vec<Block<'_>> = owned.iter().enumerate().map(|(number, block)| block.as_block(number)).collect();
    let steps = Steps::kinds(&kinds);
    let spec = TransitionsSpec { steps, cut: None, between: None, cases: true, median: true, p90: true };
    let found = transitions(&blocks, &spec, 2);
    assert_eq!(found.transitions.iter().map(|transition| transition.share.count).sum::<u64>(), 21_348 - 4580);
    let of = |name: &str| found.steps.iter().find(|step| step.step == name).unwrap();
    assert_eq!(of("Take in charge ticket").ends.n, 5060);
    assert_eq!(of("Closed").ends.n, 4574);
    assert_eq!(of("Wait").ends.n, 1463);
    assert_eq!(found.steps.len(), 14);
}
