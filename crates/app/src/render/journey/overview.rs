//! The overview of stages as a page.

use throughline_engine::Overview;
use throughline_journey::GroupMap;

use super::{bar, cases, elapsed, heading, nothing, percent};
use crate::render::style::Style;
use crate::render::table::Table;
use crate::render::text::{count, wrap};

/// The whole answer, ending with a line break.
pub fn page(found: &Overview, _top: usize, style: &Style) -> String {
    if let Some(reason) = nothing(&found.about) {
        return format!("{reason}\n");
    }
    let total: u64 = found.maps.iter().map(|map| map.cases).sum();
    let mut lines = wrap(&format!("{} have touchpoints.", cases(total, &found.about)), style.width);
    for map in &found.maps {
        lines.extend(heading(&found.about, map.group, style));
        lines.extend(stages(map).lines(0, style));
    }
    lines.join("\n") + "\n"
}

fn stages(map: &GroupMap) -> Table {
    let mut table = Table::new().text("stage").number("cases").text("").number("moved on").text("time to go on");
    for stage in &map.stages {
        let onward = stage.onward.as_ref();
        table.row([
            stage.name.clone(),
            count(stage.cases.count),
            bar(stage.cases.share, 20),
            onward.map_or(String::new(), |onward| percent(onward.moved_on.share)),
            onward.map_or(String::new(), |onward| elapsed(&onward.elapsed)),
        ]);
    }
    table
}
