//! Steps and groups over kinds and channels.

use throughline_journey::{Grouping, Steps};

use crate::log;

#[test]
fn kinds_channels_and_named_steps_are_told_apart() {
    let kinds = log::kinds();
    let touch = |kind: u16, channel: u16| log::Touch {
        case: "c".into(),
        at: i64::from(kind),
        seq: None,
        table: 0,
        key: String::new(),
        kind,
        channel,
        session: 0,
        amount: None,
        share: None,
    };
    let owned = log::blocks(&[touch(1, 2), touch(2, 0), touch(3, 1)], 1);
    let block = owned[0].as_block(0);
    let journey = block.journey(0);
    let names = |steps: &Steps| -> Vec<Option<String>> {
        (0..3).map(|row| steps.of(&journey, row).map(|step| steps.names[step].clone())).collect()
    };
    let some = |name: &str| Some(name.to_owned());
    assert_eq!(names(&Steps::kinds(&kinds)), [some("visit"), some("view"), some("cart")]);
    assert_eq!(names(&Steps::channels(&kinds)), [some("paid_search"), None, some("email")]);
    let look = kinds.named("interactions.visit").into_iter().chain(kinds.named("view")).collect();
    assert_eq!(names(&Steps::named(vec![("look".into(), look)], &kinds)), [some("look"), some("look"), None]);
    assert_eq!(Grouping::FirstChannel.of(&journey), Some(2));
    assert_eq!(log::CHANNELS[1], "paid_search");
}
