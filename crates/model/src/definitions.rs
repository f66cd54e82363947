//! Reading all definition files of a workspace together with the shipped catalogue.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Level, hint_among, sort};
use crate::journey::Journey;
use crate::loops::Arrows;
use crate::measure::{Home, Measure};
use crate::period::Calendar;
use crate::scorecard::{Perspective, Scorecard, default_perspectives};
use crate::scorecard_reader::{Known, read_perspectives, read_scorecard};
use crate::settings::Settings;
use crate::toml_reader::{FieldValue, Place, Section, TomlFile};

/// One definition file as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionFile {
    /// Path relative to the workspace, with `/`; shown in diagnostics, and its end decides what it is.
    pub path: String,
    /// What stands in it.
    pub text: String,
}

/// Everything that the definitions of a workspace say.
#[derive(Debug, Clone, PartialEq)]
pub struct Definitions {
    /// `throughline.toml`.
    pub settings: Settings,
    /// `journey.toml`, on top of the shipped one.
    pub journey: Journey,
    /// `scorecard.toml`.
    pub scorecard: Scorecard,
    /// Measures by id, those of the catalogue and those of the workspace.
    pub measures: BTreeMap<String, Measure>,
}

/// The kinds of definition files, told apart by their path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Settings,
    Journey,
    Scorecard,
    Measure,
    /// Layouts and whatever else is read by others.
    Other,
}

fn kind_of(path: &str) -> Kind {
    let path = path.replace('\\', "/");
    let mut parts = path.rsplit('/');
    let (name, folder) = (parts.next().unwrap_or_default(), parts.next());
    match (folder, name) {
        (Some("measures"), name) if name.ends_with(".toml") => Kind::Measure,
        (Some("layouts"), _) => Kind::Other,
        (_, "throughline.toml") => Kind::Settings,
        (_, "journey.toml") => Kind::Journey,
        (_, "scorecard.toml") => Kind::Scorecard,
        _ => Kind::Other,
    }
}

/// Reads the files of a workspace and of the catalogue: settings, journey, measures, scorecard, told
/// apart by their paths (others are passed over). All problems come back at once, in the order of
/// files and lines; what they are about is left out or has its default, the rest loads.
pub fn read(files: &[DefinitionFile], catalog: &[DefinitionFile]) -> (Definitions, Vec<Diagnostic>) {
    let mut reader = Reader { problems: Vec::new() };
    let settings = reader.settings(files);
    let journey = reader.journey(files, catalog);
    let scorecard_file = first(files, Kind::Scorecard).map(|file| TomlFile::parse(&file.path, &file.text));
    let scorecard_root = scorecard_file.as_ref().and_then(TomlFile::versioned_root);
    let perspectives = scorecard_root.as_ref().map_or_else(default_perspectives, read_perspectives);
    let (mut measures, declared) = reader.measures(files, catalog, &perspectives, &journey);
    reader.formulas(&mut measures, &declared);
    let calendar = Calendar::new(&settings).or_else(|_| Calendar::new(&Settings::default()));
    let scorecard = match (scorecard_root, &calendar) {
        (Some(root), Ok(calendar)) => {
            let currency = settings.currency.as_str();
            let known = Known { calendar, currency, measures: &measures.by_id, declared: &declared };
            read_scorecard(root, perspectives, &known)
        }
        _ => Scorecard::default(),
    };
    reader.problems.extend(scorecard_file.map(TomlFile::into_problems).unwrap_or_default());
    sort(&mut reader.problems);
    let measures = measures.by_id;
    (Definitions { settings, journey, scorecard, measures }, reader.problems)
}

fn first(files: &[DefinitionFile], kind: Kind) -> Option<&DefinitionFile> {
    files.iter().find(|file| kind_of(&file.path) == kind)
}

/// Measures that loaded, and where the formula of each begins.
#[derive(Default)]
struct Measures {
    by_id: BTreeMap<String, Measure>,
    formula_places: BTreeMap<String, Place>,
}

struct Reader {
    problems: Vec<Diagnostic>,
}

impl Reader {
    /// Reads one file with `read`, collects its problems, and hands back what was read.
    fn file<T>(&mut self, file: &DefinitionFile, read: impl FnOnce(Section<'_>) -> T) -> Option<T> {
        let toml = TomlFile::parse(&file.path, &file.text);
        let value = toml.versioned_root().map(read);
        self.problems.extend(toml.into_problems());
        value
    }

    fn report(&mut self, level: Level, file: &str, place: Place, message: String, hint: Option<String>) {
        let Place { line, column } = place;
        self.problems.push(Diagnostic { level, file: file.to_owned(), line, column, message, hint });
    }

    fn settings(&mut self, files: &[DefinitionFile]) -> Settings {
        let Some(file) = first(files, Kind::Settings) else {
            let hint = Some("`throughline init` writes one".to_owned());
            self.report(Level::Error, "throughline.toml", Place::START, "the file is missing".to_owned(), hint);
            return Settings::default();
        };
        self.file(file, Settings::read).unwrap_or_default()
    }

    fn journey(&mut self, files: &[DefinitionFile], catalog: &[DefinitionFile]) -> Journey {
        let nothing = Journey::default();
        let shipped = first(catalog, Kind::Journey)
            .and_then(|file| self.file(file, |root| Journey::read(root, &nothing)))
            .unwrap_or_default();
        first(files, Kind::Journey)
            .and_then(|file| self.file(file, |root| Journey::read(root, &shipped)))
            .unwrap_or(shipped)
    }

    /// All measures, and the ids of those that are broken as well.
    fn measures(
        &mut self,
        files: &[DefinitionFile],
        catalog: &[DefinitionFile],
        perspectives: &[Perspective],
        journey: &Journey,
    ) -> (Measures, BTreeSet<String>) {
        let perspectives: Vec<&str> = perspectives.iter().map(|perspective| perspective.id.as_str()).collect();
        let stages: Vec<&str> = journey.stages.iter().map(|stage| stage.id.as_str()).collect();
        let mut measures = Measures::default();
        let mut declared = BTreeSet::new();
        for (files, shipped) in [(catalog, true), (files, false)] {
            let home = Home { perspectives: &perspectives, stages: &stages, shipped };
            let mut files: Vec<&DefinitionFile> =
                files.iter().filter(|file| kind_of(&file.path) == Kind::Measure).collect();
            files.sort_by(|a, b| a.path.cmp(&b.path));
            for file in files {
                self.measure(file, &home, &mut measures, &mut declared);
            }
        }
        (measures, declared)
    }

    fn measure(
        &mut self,
        file: &DefinitionFile,
        home: &Home<'_>,
        measures: &mut Measures,
        declared: &mut BTreeSet<String>,
    ) {
        let mut id_place = Place::START;
        let mut formula_place = Place::START;
        let mut named = None;
        let measure = self.file(file, |root| {
            named = root.peek_text("id").map(str::to_owned);
            id_place = root.at("id");
            formula_place = match root.field("aggregate").map(|field| field.value) {
                Some(FieldValue::Section(inner)) => inner.text_start("formula"),
                _ => id_place,
            };
            Measure::read(root, home)
        });
        // A file that is no TOML at all most likely defines what it is called.
        declared.insert(named.unwrap_or_else(|| stem(&file.path).to_owned()));
        let Some(measure) = measure.flatten() else { return };
        if let Some(other) = measures.by_id.get(&measure.id) {
            let place = format!("{}:{}", other.file, other.line);
            if other.shipped && !home.shipped {
                let message = format!("this replaces the shipped measure `{}`", measure.id);
                let hint = Some("choose another id to keep both".to_owned());
                self.report(Level::Warning, &file.path, id_place, message, hint);
            } else {
                let message = format!("there are two measures with the id `{}`", measure.id);
                let hint = Some(format!("the other one stands in {place}"));
                self.report(Level::Error, &file.path, id_place, message, hint);
                return;
            }
        }
        measures.formula_places.insert(measure.id.clone(), formula_place);
        measures.by_id.insert(measure.id.clone(), measure);
    }

    /// Leaves out formulas that name unknown measures, that form loops, or that need what was left out.
    fn formulas(&mut self, measures: &mut Measures, declared: &BTreeSet<String>) {
        let mut bad = self.unknown_inputs(measures, declared);
        bad.extend(self.loops(measures));
        for id in &bad {
            measures.by_id.remove(id);
        }
        // What needs a measure that is gone goes too, until nothing more does.
        loop {
            let gone = measures.by_id.values().find_map(|measure| {
                let formula = measure.formula()?;
                let missing = formula.measures().into_iter().find(|id| !measures.by_id.contains_key(*id))?;
                Some((measure.clone(), missing.to_owned()))
            });
            let Some((measure, missing)) = gone else { return };
            let message = format!("`{}` is left out: it needs `{missing}`, which has a problem", measure.id);
            self.at_formula(measures, &measure, &missing, message, None);
            measures.by_id.remove(&measure.id);
        }
    }

    fn unknown_inputs(&mut self, measures: &Measures, declared: &BTreeSet<String>) -> Vec<String> {
        let mut bad = Vec::new();
        for measure in measures.by_id.values() {
            let inputs = measure.formula().map(|formula| formula.measures()).unwrap_or_default();
            let unknown: Vec<&str> = inputs.into_iter().filter(|id| !declared.contains(*id)).collect();
            for id in &unknown {
                let hint = hint_among(id, declared.iter().map(String::as_str));
                self.at_formula(measures, measure, id, format!("there is no measure `{id}`"), hint);
            }
            if !unknown.is_empty() {
                bad.push(measure.id.clone());
            }
        }
        bad
    }

    /// The measures whose formulas close a loop, in the order of ids.
    fn loops(&mut self, measures: &Measures) -> Vec<String> {
        let mut arrows = Arrows::default();
        let mut bad = Vec::new();
        for measure in measures.by_id.values() {
            let inputs = measure.formula().map(|formula| formula.measures()).unwrap_or_default();
            for id in inputs {
                let Err(way) = arrows.add(&measure.id, id) else { continue };
                let message = format!("the formulas form a loop: {}", way.join(" → "));
                self.at_formula(measures, measure, id, message, None);
                bad.push(measure.id.clone());
            }
        }
        bad
    }

    /// Reports a problem where the formula of a measure first names another one.
    fn at_formula(&mut self, measures: &Measures, measure: &Measure, id: &str, message: String, hint: Option<String>) {
        let start = measures.formula_places.get(&measure.id).copied().unwrap_or(Place::START);
        let formula = measure.formula();
        let place = formula.map_or(start, |formula| start.within(&formula.text, formula.offset_of(id).unwrap_or(0)));
        self.report(Level::Error, &measure.file, place, message, hint);
    }
}

fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".toml").unwrap_or(name)
}
