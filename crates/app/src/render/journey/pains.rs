//! Obstacles, ranked: those after which customers bought less often with money at stake, then the others.

use throughline_engine::{PainsAnswer, Story, excess};
use throughline_journey::pains::{Comparison, Example, Finding, Obstacle, Pain, Pains, Sort};
use throughline_model::definitions::Definitions;
use throughline_model::unit::Unit;

use super::delivery::signed;
use super::{bar, nothing, quiet, tenths, time};
use crate::render::instant::minute;
use crate::render::style::{Ink, Style};
use crate::render::table::Table;
use crate::render::text::{count, counted, left, right, wrap};

/// Ten-thousandths of the workspace's currency.
const MONEY: f64 = 10_000.0;
const BAR: usize = 24;
/// Columns before the text of an obstacle.
const LEAD: usize = 4;

/// The whole answer, ending with a line break.
pub fn page(found: &PainsAnswer, top: usize, definitions: &Definitions, style: &Style) -> String {
    if let Some(reason) = nothing(&found.about) {
        return format!("{reason}\n");
    }
    let page = Page { found, top, definitions, style };
    let mut lines = Vec::new();
    for (place, group) in found.groups.iter().enumerate() {
        if let Some(by) = &found.about.scope.by {
            lines.push(style.paint(Ink::Strong, &format!("{by} {}", group.group)));
        }
        lines.extend(page.group(&group.answer, found.stories.get(place).map_or(&[], Vec::as_slice)));
        lines.push(String::new());
    }
    lines.extend(quiet(&page.legend(), style));
    lines.join("\n") + "\n"
}

/// An obstacle and its number.
type Ranked<'a> = (usize, &'a Pain);

fn is_drop_off(pain: &Pain) -> bool {
    pain.obstacle.sort() == Sort::DropOff
}

struct Page<'a> {
    found: &'a PainsAnswer,
    top: usize,
    definitions: &'a Definitions,
    style: &'a Style,
}

impl Page<'_> {
    fn money(&self, value: i64) -> String {
        Unit::Money.format(value as f64 / MONEY, &self.definitions.settings.currency)
    }

    fn horizon(&self) -> String {
        time(Some(self.found.request.horizon as f64))
    }

    fn zone(&self) -> &str {
        &self.definitions.settings.zone
    }

    fn group(&self, pains: &Pains, stories: &[Story]) -> Vec<String> {
        if let Some(number) = self.found.request.show {
            return self.shown(number, pains, stories);
        }
        let mut lines = wrap(&self.sentence(pains), self.style.width);
        let (drop_offs, met): (Vec<Ranked<'_>>, Vec<Ranked<'_>>) = pains
            .pains
            .iter()
            .enumerate()
            .map(|(place, pain)| (place + 1, pain))
            .partition(|(_, pain)| is_drop_off(pain));
        let most = met.iter().filter_map(|(_, pain)| pain.money).map(|money| money.value).max().unwrap_or(0);
        let (costly, others): (Vec<Ranked<'_>>, Vec<Ranked<'_>>) =
            met.iter().take(self.top).partition(|(_, pain)| pain.finding == Finding::BoughtLess);
        for (number, pain) in costly {
            lines.push(String::new());
            lines.extend(self.pain(number, pain, most));
        }
        for table in [self.others(&others), self.drop_offs(drop_offs.get(..self.top).unwrap_or(&drop_offs))] {
            lines.extend((!table.is_empty()).then(String::new));
            lines.extend(table);
        }
        let rest = met.len().saturating_sub(self.top) + drop_offs.len().saturating_sub(self.top);
        if rest > 0 {
            lines
                .extend(quiet(&format!("{} further: --top N lists more, --json all.", count(rest as u64)), self.style));
        }
        lines
    }

    /// One obstacle with the journeys of its examples.
    fn shown(&self, number: usize, pains: &Pains, stories: &[Story]) -> Vec<String> {
        let pain = number.checked_sub(1).and_then(|place| pains.pains.get(place));
        let most = pain.and_then(|pain| pain.money).map_or(0, |money| money.value);
        let mut lines = pain.map_or(Vec::new(), |pain| self.pain(number, pain, most));
        for story in stories {
            lines.push(String::new());
            lines.extend(self.story(story));
        }
        lines
    }

    fn sentence(&self, pains: &Pains) -> String {
        let drop_offs = pains.pains.iter().filter(|pain| is_drop_off(pain)).count() as u64;
        let met = pains.pains.len() as u64 - drop_offs;
        let lead = match (met, drop_offs, pains.too_few) {
            (0, 0, 0) => {
                return "No obstacle was found: nobody dropped off, waited, came back or went in circles more than \
                        expected."
                    .to_owned();
            }
            (0, 0, few) => {
                let (few, least) = (counted(few, "obstacle"), self.found.limits.minimum_n);
                return format!("{few} met fewer than {least} customers each: too few to list.");
            }
            (met, 0, _) => format!("{} found.", counted(met, "obstacle")),
            (0, drop_offs, _) => format!("{} with more drop-off than elsewhere found.", counted(drop_offs, "place")),
            (met, drop_offs, _) => format!(
                "{} found, and {} with more drop-off than elsewhere.",
                counted(met, "obstacle"),
                counted(drop_offs, "place")
            ),
        };
        format!("{lead} {}", self.cost(pains, met))
    }

    /// What the obstacles that are no drop-offs come with.
    fn cost(&self, pains: &Pains, met: u64) -> String {
        let own = || pains.pains.iter().filter(|pain| !is_drop_off(pain));
        let costly = own().filter(|pain| pain.finding == Finding::BoughtLess).count() as u64;
        if !self.found.knows_orders {
            return "No orders are known, so nothing says what they cost.".to_owned();
        }
        if costly == 0 {
            let none = "After no obstacle customers are shown to have bought less often than comparable ones.";
            return if met > 0 { none.to_owned() } else { String::new() };
        }
        let less = format!("After {} customers bought less often than comparable ones", of_them(costly, met));
        match own().find_map(|pain| Some((pain, pain.money?))) {
            None => format!("{less}."),
            Some((pain, money)) => {
                let [value, low, high] = [money.value, money.low, money.high].map(|money| self.money(money));
                format!("{less}; most is at stake with {}: {value} ({low} to {high}).", name(&pain.obstacle))
            }
        }
    }

    fn pain(&self, number: usize, pain: &Pain, most: i64) -> Vec<String> {
        let room = self.style.width.saturating_sub(LEAD);
        let mut texts = Vec::new();
        if let Some(money) = pain.money.filter(|_| !is_drop_off(pain)) {
            let share = money.value as f64 / most.max(1) as f64;
            let [value, low, high] = [money.value, money.low, money.high].map(|money| self.money(money));
            texts.push(format!("{}  {value} at stake (95 % interval {low} to {high})", bar(Some(share), BAR)));
        }
        texts.extend(wrap(&self.met(pain), room));
        texts.extend(pain.comparison.iter().flat_map(|comparison| wrap(&self.compared(comparison), room)));
        let mut lines = self.title(number, pain);
        lines.extend(texts.iter().map(|text| format!("{}{text}", " ".repeat(LEAD))));
        if self.found.request.show.is_none() {
            lines.extend(self.examples(&pain.examples, room));
        }
        lines
    }

    fn title(&self, number: usize, pain: &Pain) -> Vec<String> {
        let title = format!("{} ({})", capital(&name(&pain.obstacle)), sort(pain.obstacle.sort()));
        let texts = wrap(&title, self.style.width.saturating_sub(LEAD));
        let lead = |place: usize| if place == 0 { format!("{:>2}  ", number) } else { " ".repeat(LEAD) };
        texts
            .iter()
            .enumerate()
            .map(|(place, text)| format!("{}{}", lead(place), self.style.paint(Ink::Strong, text)))
            .collect()
    }

    /// Whom it met, and what says that it is an obstacle.
    fn met(&self, pain: &Pain) -> String {
        let often = if pain.moments > pain.cases { format!(", {} times", count(pain.moments)) } else { String::new() };
        let open = match pain.open {
            0 => String::new(),
            open => format!(", {} of them less than {} ago", count(open), self.horizon()),
        };
        let lead = format!("{}{often}{open}.", counted(pain.cases, "customer"));
        evidence(&pain.obstacle).map_or(lead.clone(), |text| format!("{lead} {text}"))
    }

    fn compared(&self, comparison: &Comparison) -> String {
        let Comparison { affected, affected_share, comparable, comparable_share, dropped, .. } = comparison;
        let left_out = match dropped {
            0 => String::new(),
            dropped => format!(" {} had nobody comparable.", counted(*dropped, "customer")),
        };
        format!(
            "Within {} {} of {} bought, against {} of {} comparable: {}.{left_out}",
            self.horizon(),
            tenths(Some(*affected_share)),
            count(*affected),
            tenths(Some(*comparable_share)),
            count(*comparable),
            points(comparison),
        )
    }

    fn examples(&self, examples: &[Example], room: usize) -> Vec<String> {
        let one = |example: &Example| {
            let at = jiff::Timestamp::from_microsecond(example.at).map(|at| minute(at, self.zone()));
            format!("{} ({})", example.case, at.unwrap_or_default())
        };
        if examples.is_empty() {
            return Vec::new();
        }
        let text = format!("Such as {}.", examples.iter().map(one).collect::<Vec<_>>().join(", "));
        let lines = wrap(&text, room);
        lines.iter().map(|line| format!("{}{}", " ".repeat(LEAD), self.style.paint(Ink::Quiet, line))).collect()
    }

    fn others(&self, others: &[Ranked<'_>]) -> Vec<String> {
        if others.is_empty() {
            return Vec::new();
        }
        let (cases, told) = (9, 30);
        let room = self.style.width.saturating_sub(LEAD + cases + told + 4);
        let title = left("No difference shown, bought more, or too little data", LEAD + room);
        let head = format!("{title}  {}  later purchase, points", right("customers", cases));
        let rule = "─".repeat(self.style.width);
        let mut lines = vec![self.style.paint(Ink::Strong, &head), self.style.paint(Ink::Quiet, &rule)];
        for (number, pain) in others {
            let said = match (pain.finding, &pain.comparison) {
                (Finding::BoughtMore, Some(comparison)) => format!("{}, more", short(comparison)),
                (_, Some(comparison)) => short(comparison),
                (_, None) => "too little data".to_owned(),
            };
            for (place, text) in wrap(&capital(&name(&pain.obstacle)), room).iter().enumerate() {
                let text = left(text, room);
                let line = match place {
                    0 => format!("{number:>2}  {text}  {}  {said}", right(&count(pain.cases), cases)),
                    _ => format!("{}{text}", " ".repeat(LEAD)),
                };
                lines.push(line.trim_end().to_owned());
            }
        }
        lines
    }

    fn drop_offs(&self, places: &[Ranked<'_>]) -> Vec<String> {
        if places.is_empty() {
            return Vec::new();
        }
        let mut table = Table::new().number("").text("more drop-off at → before").text("after a last touch");
        table = table.number("people").number("here").number("others").number("excess").number("purchase");
        for (number, pain) in places {
            let Obstacle::DropOff { step, next, by, here, others, .. } = &pain.obstacle else { continue };
            let share = |(n, dropped): &(u64, u64)| tenths((*n > 0).then(|| *dropped as f64 / *n as f64));
            table.row([
                number.to_string(),
                format!("{step} → {next}").replace('_', " "),
                by.to_string().replace('_', " "),
                count(pain.cases),
                share(here),
                share(others),
                excess(&pain.obstacle).map_or(String::new(), count),
                pain.comparison.as_ref().map_or("–".to_owned(), |comparison| signed(comparison.difference * 100.0)),
            ]);
        }
        let mut lines = table.lines(0, self.style);
        let note = "here, others: who had reached no later step 30 days after. excess: so many more than at the share of \
                    the others. The last touch before a drop-off is known afterwards only, and who goes on has others \
                    by nature: these are places to look at. purchase: points of difference, large for the same \
                    reason and no estimate of what mending a place would bring.";
        lines.extend(quiet(note, self.style));
        lines
    }

    fn story(&self, story: &Story) -> Vec<String> {
        let stages = &self.definitions.journey.stages;
        let stage =
            |id: &str| stages.iter().find(|stage| stage.id == id).map_or(id.to_owned(), |stage| stage.name.clone());
        let mut table = Table::new().text("").text("when").text("stage").text("what").text("channel");
        table = table.number("amount").optional().number("score").optional();
        for touch in &story.touchpoints {
            table.row([
                if touch.is_moment { "▶".to_owned() } else { String::new() },
                minute(touch.at, self.zone()),
                touch.stage.as_deref().map_or("–".to_owned(), stage),
                touch.kind.replace('_', " "),
                touch.channel.clone().unwrap_or_default(),
                touch.amount.map_or(String::new(), |amount| self.money(amount)),
                touch.score_share.map_or(String::new(), |share| tenths(Some(share))),
            ]);
        }
        let around = [(story.earlier, "earlier"), (story.later, "later")];
        let around: Vec<String> = around
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, when)| format!("{} {when}", count(*number)))
            .collect();
        let more = if around.is_empty() { String::new() } else { format!("  (and {})", around.join(", ")) };
        let title = self.style.paint(Ink::Strong, &format!("Customer {}", story.customer));
        let mut lines = vec![format!("{title}{}", self.style.paint(Ink::Quiet, &more))];
        lines.extend(table.lines(2, self.style));
        lines
    }

    fn legend(&self) -> String {
        format!(
            "Comparable customers stood at the same place without the obstacle, after as many orders, came first over \
             the same channel, and did so in the same quarter. The comparison describes; it is no proof of a cause. At \
             stake: affected customers × difference × mean value of comparable customers' next order; it does not add \
             up over obstacles, since one customer may meet several. Times are those of {}. `--show N` tells the \
             journeys of the examples of obstacle N, `throughline customer ID` a whole one.",
            self.zone()
        )
    }
}

fn of_them(some: u64, all: u64) -> String {
    match (some, all) {
        (1, 1) => "it".to_owned(),
        (some, all) if some == all => "each of them".to_owned(),
        (some, _) => format!("{some} of them"),
    }
}

/// The obstacle in words.
pub fn name(obstacle: &Obstacle) -> String {
    obstacle.to_string().replace('_', " ")
}

/// Its sort in words.
pub fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::DropOff => "drop-off",
        Sort::RepeatedContact => "repeated contact",
        Sort::LongWait => "long wait",
        Sort::FallingScore => "falling score",
        Sort::Loop => "loop",
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Numbers that say that it is one, where it was found by a comparison of its own.
fn evidence(obstacle: &Obstacle) -> Option<String> {
    match obstacle {
        Obstacle::DropOff { next, here, others, difference, .. } => {
            let share = |(n, dropped): &(u64, u64)| tenths((*n > 0).then(|| *dropped as f64 / *n as f64));
            let [value, low, high] = [difference.estimate, difference.interval.low, difference.interval.high]
                .map(|part| signed(part * 100.0));
            Some(format!(
                "{} of {} dropped off before {next}, of {} others {}: {value} points ({low} to {high}).",
                share(here),
                count(here.0),
                count(others.0),
                share(others)
            ))
        }
        Obstacle::SlowAnswer { waits: Some(waits), .. } | Obstacle::SlowDelivery { waits: Some(waits), .. } => {
            Some(format!("So long are the longest of {} waits.", count(*waits)))
        }
        Obstacle::TouchpointScore { first, second, difference, .. } => {
            let mean = |(mean, n): &(f64, u64)| format!("{} of the scale (n {})", tenths(Some(*mean)), count(*n));
            let [low, high] = [difference.interval.low, difference.interval.high].map(|part| signed(part * 100.0));
            Some(format!(
                "The mean fell from {} to {}: {} points ({low} to {high}).",
                mean(first),
                mean(second),
                signed(difference.estimate * 100.0)
            ))
        }
        _ => None,
    }
}

/// The difference with its interval, in words.
fn points(comparison: &Comparison) -> String {
    let of = |part: f64| format!("{:.1}", part.abs() * 100.0);
    let (low, high) = (comparison.interval.low, comparison.interval.high);
    if high < 0.0 {
        format!("{} points less (95 % interval {} to {} less)", of(comparison.difference), of(low), of(high))
    } else if low > 0.0 {
        format!("{} points more (95 % interval {} to {} more)", of(comparison.difference), of(low), of(high))
    } else {
        format!("no difference shown: {}", short(comparison))
    }
}

fn short(comparison: &Comparison) -> String {
    let [value, low, high] =
        [comparison.difference, comparison.interval.low, comparison.interval.high].map(|part| signed(part * 100.0));
    format!("{value} ({low} to {high})")
}
