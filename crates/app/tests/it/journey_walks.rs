//! Pages of journeys, and the commands from files to answers.

use throughline_app::render::journey::{funnel, overview};
use throughline_app::render::style::Style;
use throughline_app::render::text::width;
use throughline_engine::{About, FunnelRequest, FunnelView, Overview, Scope};
use throughline_journey::{
    Elapsed, Emotion, EmotionSums, FunnelGroup, FunnelMode, FunnelStep, GroupMap, NextTouchpoint, Onward, Repeat,
    Share, StageMap, StageTouchpoint, UnstagedTouchpoint,
};

use crate::expect::check;
use crate::program::{fails, json, ok, text, throughline};

fn about(groups: &[&str], by: Option<&str>) -> About {
    About {
        scope: Scope { by: by.map(str::to_owned), ..Scope::default() },
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        known_until: "2026-06-30T12:00:00Z".parse().ok(),
        touchpoints: 31_460,
    }
}

fn elapsed(n: u64, minutes: f64) -> Elapsed {
    Elapsed { n, median: Some(minutes * 60e6), p90: Some(minutes * 600e6) }
}

fn scores(n: u64, share: f64) -> Emotion {
    let mut sums = EmotionSums::default();
    (0..n).for_each(|one| sums.add(share + if one % 2 == 0 { 0.2 } else { -0.2 }));
    sums.emotion(5)
}

fn kind(kind: &str, (touchpoints, cases): (u64, u64), next: [(&str, u64); 2], emotion: Emotion) -> StageTouchpoint {
    let next = next.map(|(kind, count)| NextTouchpoint { kind: kind.to_owned(), share: Share::of(count, touchpoints) });
    let ends = Share::of(touchpoints / 10, touchpoints);
    let reach = Share::of(cases, 4_000);
    StageTouchpoint { kind: kind.to_owned(), touchpoints, reach, next: next.to_vec(), ends, emotion }
}

fn stage(
    id: &str,
    name: &str,
    [cases, touchpoints, moved, returned]: [u64; 4],
    kinds: Vec<StageTouchpoint>,
) -> StageMap {
    let onward = Onward {
        moved_on: Share::of(moved, cases),
        reached_next: Share::of(moved, cases),
        dropped: Share::of(cases - moved, cases),
        elapsed: if moved > 0 { elapsed(moved, 90.0) } else { Elapsed::default() },
    };
    StageMap {
        id: id.to_owned(),
        name: name.to_owned(),
        cases: Share::of(cases, 4_000),
        touchpoints,
        at_end: Share::of(cases / 3, cases),
        onward: (id != "purchase").then_some(onward),
        skipped: cases % 7,
        returned: Share::of(returned, cases),
        emotion: kinds.iter().map(|kind| kind.emotion).find(|emotion| emotion.n > 0).unwrap_or_default(),
        kinds,
    }
}

fn map(group: usize) -> GroupMap {
    let none = Emotion::default();
    let looks = vec![
        kind("product_viewed", (18_000, 2_100), [("product_viewed", 9_000), ("cart_added", 4_000)], none),
        kind("site_search", (6_000, 900), [("product_viewed", 4_800), ("site_search", 500)], none),
        kind("survey_answer", (60, 60), [("product_viewed", 30), ("site_search", 12)], scores(60, 0.6)),
    ];
    let orders = vec![kind("order", (1_400, 800), [("payment", 1_200), ("visit", 60)], scores(3, 0.5))];
    GroupMap {
        group,
        cases: 4_000,
        stages: vec![
            stage("awareness", "Awareness", [0, 0, 0, 0], Vec::new()),
            stage("consideration", "Consideration", [2_400, 24_060, 800, 310], looks),
            stage("purchase", "Purchase", [801, 1_400, 0, 0], orders),
        ],
        unstaged: vec![UnstagedTouchpoint { kind: "window_shopping".into(), touchpoints: 6_000, cases: 3_000 }],
    }
}

fn map_of_all() -> Overview {
    Overview { about: about(&["all"], None), maps: vec![map(0)] }
}

fn funnel_of(by: Option<&str>, mode: FunnelMode) -> FunnelView {
    let names = ["look", "cart_added", "order"];
    let step = |place: usize, counts: [u64; 3]| FunnelStep {
        name: if mode == FunnelMode::AnyOrder { format!("{} of 3", place + 1) } else { names[place].to_owned() },
        overall: Share::of(counts[place], counts[0]),
        step: Share::of(counts[place], counts[place.saturating_sub(1)]),
        time: (place > 0).then(|| elapsed(counts[place], 25.0)),
    };
    let group = |(group, counts): (usize, [u64; 3])| FunnelGroup {
        group,
        cases: 4_000,
        entered: counts[0],
        open: 12,
        steps: (0..3).map(|place| step(place, counts)).collect(),
    };
    let groups: &[[u64; 3]] =
        if by.is_some() { &[[2_000, 700, 510], [400, 90, 0], [0, 0, 0]] } else { &[[2_400, 790, 510]] };
    FunnelView {
        about: about(if by.is_some() { &["retail", "trade", "public"] } else { &["all"] }, by),
        request: FunnelRequest {
            steps: names.map(str::to_owned).to_vec(),
            mode,
            window: Some(30 * 86_400_000_000),
            repeat: Repeat::Best,
            times: true,
        },
        steps: names.map(str::to_owned).to_vec(),
        groups: groups.iter().copied().enumerate().map(group).collect(),
    }
}

#[test]
fn the_overview_as_a_page() {
    check("journey-overview.txt", &overview::page(&map_of_all(), 2, &Style::plain(100)));
    let two = Overview { about: about(&["retail", "trade"], Some("segment")), maps: vec![map(0), map(1)] };
    check("journey-overview-by.txt", &overview::page(&two, 0, &Style::plain(100)));
}

#[test]
fn a_funnel_as_a_page() {
    check("journey-funnel.txt", &funnel::page(&funnel_of(None, FunnelMode::Ordered), &Style::plain(100)));
    check(
        "journey-funnel-by.txt",
        &funnel::page(&funnel_of(Some("segment"), FunnelMode::AnyOrder), &Style::plain(100)),
    );
}

#[test]
fn pages_fit_and_say_why_they_are_empty() {
    for page in [
        overview::page(&map_of_all(), 4, &Style::plain(100)),
        funnel::page(&funnel_of(None, FunnelMode::Strict), &Style::plain(100)),
    ] {
        assert!(page.lines().all(|line| width(line) <= 100 && line == line.trim_end()), "{page}");
        assert!(page.ends_with('\n') && !page.ends_with("\n\n"));
    }
    let mut early = funnel_of(None, FunnelMode::Ordered);
    early.groups[0].open = 900;
    assert!(funnel::page(&early, &Style::plain(100)).contains("900 people"));
    let mut empty = map_of_all();
    empty.about.touchpoints = 0;
    assert!(overview::page(&empty, 4, &Style::plain(100)).starts_with("Nothing dated concerns a customer yet"));
    let mut without = map_of_all();
    without.maps[0].stages.iter_mut().for_each(|stage| stage.touchpoints = 0);
    let page = overview::page(&without, 4, &Style::plain(100));
    assert!(
        page.starts_with("No touchpoint is of a kind that has a stage") && page.contains("window_shopping"),
        "{page}"
    );
    let mut nobody = funnel_of(None, FunnelMode::Ordered);
    nobody.groups[0].entered = 0;
    assert!(funnel::page(&nobody, &Style::plain(100)).contains("the window of all 12 people is still open"));
}

const VISITS: &str = "interaction_id,customer_ref,kind,channel,occurred_at\n\
    1,anna,visit,web,2026-01-01T10:00:00Z\n2,anna,product_view,web,2026-01-01T10:01:00Z\n\
    3,anna,add_to_cart,web,2026-01-01T10:02:00Z\n4,ben,visit,email,2026-01-02T10:00:00Z\n\
    5,ben,product_view,email,2026-01-02T10:01:00Z\n6,ben,product_view,email,2026-01-02T10:02:00Z\n";

#[test]
fn questions_from_files_to_answers() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["init", "shop", "--zone", "Europe/Berlin"]);
    let shop = folder.path().join("shop");
    for question in [&["journey"][..], &["journey", "transitions"], &["journey", "paths"], &["journey", "conformance"]]
    {
        let page = ok(&shop, question);
        assert!(page.starts_with("Nothing dated concerns a customer yet"), "{question:?}: {page}");
    }
    std::fs::write(folder.path().join("interactions.csv"), VISITS).unwrap();
    ok(&shop, &["import", &folder.path().join("interactions.csv").display().to_string()]);

    let page = ok(&shop, &["journey"]);
    assert!(page.starts_with("2 people, 6 touchpoints."), "{page}");
    let overview = json(&shop, &["journey", "--json"]);
    assert_eq!(
        (overview["about"]["case"].as_str(), overview["about"]["touchpoints"].as_u64()),
        (Some("customer"), Some(6))
    );
    let stage = &overview["groups"][0]["stages"][1];
    assert_eq!((stage["stage"].as_str(), stage["cases"]["count"].as_u64()), (Some("consideration"), Some(2)));
    assert_eq!(stage["onward"]["time"]["median_seconds"], 60.0);
    assert_eq!(stage["emotion"]["reason"], "nobody gave a score");

    let arguments = ["journey", "funnel", "product_view", "add_to_cart", "--by", "channel", "--times", "--json"];
    let funnel = json(&shop, &arguments);
    let groups: Vec<(&str, u64)> = funnel["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| (group["group"].as_str().unwrap(), group["steps"][1]["of_entered"]["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(groups, [("email", 0), ("web", 1)]);
    let transitions = json(&shop, &["journey", "transitions", "--cut", "60 s", "--p90", "--json"]);
    assert_eq!(
        (transitions["cut_seconds"].as_f64(), transitions["groups"][0]["transitions"][0]["of_exits"]["n"].as_u64()),
        (Some(60.0), Some(2))
    );
    let paths = json(&shop, &["journey", "paths", "--collapse", "--json"]);
    assert_eq!(
        (paths["groups"][0]["distinct"].as_u64(), paths["groups"][0]["flow"][0]["position"].as_u64()),
        (Some(2), Some(1))
    );
    assert!(ok(&shop, &["journey", "paths"]).contains("visit → product_view ×2"));
    let map = json(&shop, &["journey", "conformance", "--json"]);
    assert_eq!((map["groups"][0]["follow"]["share"].as_f64(), map["loop_after"].is_null()), (Some(1.0), true));

    let unknown = throughline(&shop, &["journey", "--by", "colour"]);
    assert_eq!(unknown.status.code(), Some(2), "{}", text(&unknown.stderr));
    fails(&shop, &["journey", "funnel", "visit", "ordr"], 2, "No touchpoint is of the kind `ordr`.");
    fails(&shop, &["journey", "funnel", "visit", "add_to_cart", "--window", "soon"], 2, "soon");
    fails(&shop, &["journey", "funnel", "visit", "add_to_cart", "--strict", "--any-order"], 2, "cannot be used with");
    fails(&shop, &["journey", "paths", "--compare", "channel"], 2, "does not name two groups");
    fails(&shop, &["journey", "--case", "ticket", "--by", "segment"], 2, "by channel only");
    fails(&shop, &["journey", "--from", "spring"], 2, "spring");
}
