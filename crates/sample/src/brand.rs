//! The brand survey among people outside.

use crate::clock::{DAY, HOUR};
use crate::dice::Dice;
use crate::files::Files;
use crate::survey::{self, Survey};
use crate::world::World;

/// Every month a sample of 400 people outside is asked: does the name come to mind, is it known when read?
pub(crate) fn write(world: &World, files: &mut Files) {
    let mut dice = Dice::of_company(world.options.seed, 8);
    for month in 0..world.options.months {
        let progress = f64::from(month) / 24.0;
        let (unaided, aided) = (0.05 + 0.035 * progress, 0.29 + 0.08 * progress);
        let start = world.clock.month_start(month) + 11 * DAY;
        for person in 0..400 {
            let at = start + dice.seconds(8 * HOUR, 6 * DAY);
            let names = dice.chance(unaided);
            let knows = names || dice.chance((aided - unaided) / (1.0 - unaided));
            for (question, yes) in [("unaided", names), ("aided", knows)] {
                survey::write(
                    files,
                    &Survey {
                        id: format!("FB{month:03}-{person:03}-{question}"),
                        reference: "",
                        instrument: "brand",
                        asked_at: Some(at - 30),
                        answered_at: Some(at),
                        score: i64::from(yes),
                        scale: Some((0, 1)),
                        text: String::new(),
                        language: "de",
                        channel: "panel",
                        about: "company",
                        about_id: "",
                        question,
                    },
                );
            }
        }
    }
}
