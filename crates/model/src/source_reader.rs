//! Reading a source from TOML: everything that is wrong is reported at once.

use std::time::Duration;

use crate::diagnostic::{Diagnostic, Level, hint_among};
use crate::layout::{Layout, Origin};
use crate::source::{
    Connection, Cursor, DatabaseSource, FolderSource, Password, QueryTarget, Source, SourceQuery, is_local,
};
use crate::toml_reader::{FieldValue, Section, TomlFile};
use crate::unit::Unit;
use crate::vocabulary::Vocabulary;

/// How long a query may take where nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(30 * 60);
/// How far before the last row seen a refresh begins where nothing else is said.
const OVERLAP: Duration = Duration::from_secs(5 * 60);
/// No source is refreshed more often than this.
const SHORTEST: Duration = Duration::from_secs(10);
const PORT: u16 = 5432;

/// What the file may refer to.
struct Known<'a> {
    vocabulary: &'a Vocabulary,
    layouts: &'a [&'a Layout],
}

impl Known<'_> {
    /// Whether there is a layout; told where there is none.
    fn layout(&self, section: &Section<'_>, id: &str) -> bool {
        let found = self.layouts.iter().any(|layout| layout.id == id);
        if !found {
            let hint = hint_among(id, self.layouts.iter().map(|layout| layout.id.as_str()));
            section.error(section.at("layout"), format!("there is no layout `{id}`"), hint);
        }
        found
    }
}

pub(crate) fn read(
    path: &str,
    text: &str,
    vocabulary: &Vocabulary,
    layouts: &[&Layout],
) -> (Option<Source>, Vec<Diagnostic>) {
    let file = TomlFile::parse(path, text);
    let known = Known { vocabulary, layouts };
    let source = file.versioned_root().and_then(|root| source(root, &known));
    let problems = file.into_problems();
    let sound = problems.iter().all(|problem| problem.level != Level::Error);
    (source.filter(|_| sound), problems)
}

#[derive(Clone, Copy)]
enum Kind {
    Database,
    Folder,
}

fn source(root: Section<'_>, known: &Known<'_>) -> Option<Source> {
    match root.required_choice("kind", &[("postgresql", Kind::Database), ("folder", Kind::Folder)]) {
        Some(Kind::Folder) => folder(root, known).map(Source::Folder),
        _ => database(root, known).map(Source::Database),
    }
}

fn folder(root: Section<'_>, known: &Known<'_>) -> Option<FolderSource> {
    let name = name_of(&root, known);
    let every = length(&root, "every", SHORTEST);
    let path = root.required_text("path");
    if path.as_deref() == Some("") {
        root.error(root.at("path"), "`path` is empty", None);
    }
    let layout = root.text("layout");
    if let Some(id) = &layout {
        known.layout(&root, id);
    }
    let encoding = root.text("encoding");
    let file = root.path().to_owned();
    root.done();
    Some(FolderSource { name: name?, path: path?, layout, encoding, every, file })
}

fn database(root: Section<'_>, known: &Known<'_>) -> Option<DatabaseSource> {
    let name = name_of(&root, known);
    let every = length(&root, "every", SHORTEST);
    let timeout = length(&root, "timeout", Duration::from_secs(1)).unwrap_or(TIMEOUT);
    let connection = match root.section("connection") {
        Some(section) => connection(section),
        None => {
            if !root.has("connection") {
                let hint = "write [connection] with host, database and user".to_owned();
                root.error(root.place(), "`connection` is missing", Some(hint));
            }
            None
        }
    };
    let queries: Vec<SourceQuery> =
        root.sections("query").into_iter().filter_map(|section| query(section, known)).collect();
    if !root.has("query") {
        root.error(root.place(), "the source has no `[[query]]`", None);
    }
    for (index, one) in queries.iter().enumerate() {
        if queries.iter().take(index).any(|other| other.name == one.name) {
            let hint = Some("give each a `name` of its own".to_owned());
            root.error(one.place, format!("there are two queries named `{}`", one.name), hint);
        }
    }
    let file = root.path().to_owned();
    root.done();
    Some(DatabaseSource { name: name?, connection: connection?, every, timeout, queries, file })
}

/// The name of the file, which rows carry as their source.
fn name_of(root: &Section<'_>, known: &Known<'_>) -> Option<String> {
    let file = root.path().rsplit(['/', '\\']).next().unwrap_or_default();
    let name = file.strip_suffix(".toml").unwrap_or(file);
    if !is_plain(name) {
        let hint = "use letters, digits, `-` and `_`: sources/shop-db.toml".to_owned();
        root.error(root.place(), format!("\"{name}\" is no name for a source"), Some(hint));
        return None;
    }
    if name == "standard" || known.layouts.iter().any(|layout| layout.id == name) {
        let message = format!("a layout has the name `{name}` already; rows could not be told apart");
        root.error(root.place(), message, Some("rename the file".to_owned()));
        return None;
    }
    Some(name.to_owned())
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn length(section: &Section<'_>, key: &str, shortest: Duration) -> Option<Duration> {
    let text = section.text(key)?;
    let seconds = match Unit::Duration.parse_value(&text) {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).unwrap_or_default(),
        Err(message) => {
            section.error(section.at(key), message, None);
            return None;
        }
    };
    if seconds < shortest || seconds > Duration::from_secs(366 * 86_400) {
        let shortest = shortest.as_secs();
        section.error(section.at(key), format!("`{key}` must be between {shortest} s and a year"), None);
        return None;
    }
    Some(seconds)
}

fn connection(section: Section<'_>) -> Option<Connection> {
    let host = section.required_text("host");
    let port = match section.integer("port") {
        None => Some(PORT),
        Some(port) => {
            let valid = u16::try_from(port).ok().filter(|port| *port > 0);
            if valid.is_none() {
                section.error(section.at("port"), format!("there is no port {port}"), None);
            }
            valid
        }
    };
    let database = section.required_text("database");
    let user = section.required_text("user");
    let plain_text = section.flag("plain_text").unwrap_or(false);
    if let Some(host) = host.as_deref().filter(|host| !is_local(host) && !plain_text) {
        let hint = "the connection is not encrypted: use a tunnel that ends on this machine (docs/database.md), or \
                    write `plain_text = true` where the network itself is protected";
        let message = format!("\"{host}\" is not this machine");
        section.error(section.at("host"), message, Some(hint.to_owned()));
    }
    let password = password(&section);
    section.done();
    Some(Connection { host: host?, port: port?, database: database?, user: user?, password: password? })
}

fn password(section: &Section<'_>) -> Option<Password> {
    if section.has("password") {
        let hint = "take it away, change it, and name where it is found: `password_env` or `password_file`".to_owned();
        section.error(section.key_place("password"), "a password must not stand in this file", Some(hint));
    }
    match (section.text("password_env"), section.text("password_file")) {
        (Some(_), Some(_)) => {
            let message = "a password is found in `password_env` or in `password_file`, not in both";
            section.error(section.at("password_file"), message, None);
            None
        }
        (Some(variable), None) if is_plain(&variable) => Some(Password::Environment(variable)),
        (Some(_), None) => {
            // What was written is perhaps the password itself: it is not repeated.
            let hint = Some("password_env = \"SHOP_DB_PASSWORD\"".to_owned());
            let message = "`password_env` is the name of an environment variable, not a password";
            section.error(section.at("password_env"), message, hint);
            None
        }
        (None, Some(file)) => Some(Password::File(file)),
        (None, None) => Some(Password::None),
    }
}

fn query(section: Section<'_>, known: &Known<'_>) -> Option<SourceQuery> {
    // What stands before it stays, so that the server's positions can be told in lines of the file.
    let sql = section.required_text("sql").map(|sql| sql.trim_end().trim_end_matches(';').trim_end().to_owned());
    if sql.as_deref() == Some("") {
        section.error(section.at("sql"), "`sql` is empty", None);
    }
    let place = if section.has("sql") { section.text_start("sql") } else { section.place() };
    let target = target(&section, known);
    let cursor = cursor(&section, target.as_ref(), known);
    let fallback = target.as_ref().map(|target| match target {
        QueryTarget::Table(name) | QueryTarget::Layout(name) => name.clone(),
    });
    let name = section.text("name").or(fallback);
    if let Some(name) = name.as_deref().filter(|name| !is_plain(name)) {
        let hint = Some("use letters, digits, `-` and `_`".to_owned());
        section.error(section.at("name"), format!("\"{name}\" is no name for a query"), hint);
    }
    section.done();
    Some(SourceQuery { name: name?, sql: sql?, target: target?, cursor: cursor?, place })
}

fn target(section: &Section<'_>, known: &Known<'_>) -> Option<QueryTarget> {
    match (section.text("table"), section.text("layout")) {
        (Some(name), None) => {
            let tables = || known.vocabulary.tables.iter().filter(|table| !table.ledger);
            if tables().any(|table| table.name == name) {
                return Some(QueryTarget::Table(name));
            }
            let hint = hint_among(&name, tables().map(|table| table.name.as_str()));
            section.error(section.at("table"), format!("there is no standard table `{name}`"), hint);
            None
        }
        (None, Some(id)) => known.layout(section, &id).then_some(QueryTarget::Layout(id)),
        (Some(_), Some(_)) => {
            section.error(section.at("layout"), "a query fills a `table` or is read by a `layout`, not both", None);
            None
        }
        (None, None) => {
            if !section.has("table") && !section.has("layout") {
                let hint = "`table = \"orders\"` where its columns are those of a standard table, or `layout = \"…\"`";
                section.error(section.place(), "the query does not say where its rows go", Some(hint.to_owned()));
            }
            None
        }
    }
}

/// The inner option is None where there is none, the outer where it is wrong.
fn cursor(section: &Section<'_>, target: Option<&QueryTarget>, known: &Known<'_>) -> Option<Option<Cursor>> {
    let overlap = overlap(section);
    if !section.has("cursor") {
        if section.has("overlap") {
            section.error(section.at("overlap"), "`overlap` means nothing without a `cursor`", None);
        }
        return Some(None);
    }
    let column = section.text("cursor");
    let place = section.at("cursor");
    if let Some(QueryTarget::Layout(id)) = target
        && known.layouts.iter().any(|layout| &layout.id == id && needs_all_rows(layout))
    {
        let message = format!("layout `{id}` groups, counts or queries rows, so it needs all of them every time");
        let hint = "leave `cursor` out, or use a layout that makes each row from one record".to_owned();
        section.error(place, message, Some(hint));
    }
    Some(Some(Cursor { column: column?, overlap: overlap?, place }))
}

fn overlap(section: &Section<'_>) -> Option<Duration> {
    match section.field("overlap").map(|field| field.value) {
        None => Some(OVERLAP),
        Some(FieldValue::Integer(0)) => Some(Duration::ZERO),
        Some(_) => length(section, "overlap", Duration::ZERO),
    }
}

/// Whether a row of the layout cannot be made from one record alone.
fn needs_all_rows(layout: &Layout) -> bool {
    layout.records.iter().any(|record| {
        matches!(record.origin, Origin::Query(_)) || !record.group_by.is_empty() || record.key_by.is_some()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn vocabulary() -> Vocabulary {
        crate::vocabulary::read(include_str!("../../../catalog/tables.toml")).unwrap()
    }

    fn layout(id: &str, key: &str) -> Layout {
        let text = format!(
            "format = 1\nid = \"{id}\"\nname = \"X\"\n[[input]]\nname = \"a\"\nheader = [\"x\"]\n[[record]]\ntable = \
             \"orders\"\nfrom = \"a\"\n{key}[record.columns]\ncustomer_ref = \"x\"\n"
        );
        let text = if key.is_empty() { text + "order_id = \"x\"\n" } else { text };
        let (layout, problems) = crate::layout::read("l.toml", &text, &vocabulary());
        assert_eq!(problems, []);
        layout.unwrap()
    }

    fn read_at(path: &str, text: &str) -> (Option<Source>, Vec<String>) {
        let (plain, counting) = (layout("shop", ""), layout("log", "key_by = \"row\"\n"));
        let (source, problems) = read(path, text, &vocabulary(), &[&plain, &counting]);
        (source, problems.iter().map(ToString::to_string).collect())
    }

    const WHOLE: &str = "format = 1\nkind = \"postgresql\"\nevery = \"1h\"\n[connection]\nhost = \"127.0.0.1\"\n\
        database = \"shop\"\nuser = \"reader\"\npassword_env = \"SHOP_PASSWORD\"\n[[query]]\ntable = \"orders\"\n\
        sql = \"\"\"\nSELECT 1 AS order_id;\n\"\"\"\ncursor = \"updated_at\"\n[[query]]\nname = \"old\"\n\
        layout = \"shop\"\nsql = \"SELECT x FROM t\"\n";

    #[test]
    fn a_source_says_what_it_means() {
        let (source, problems) = read_at("sources/shop-db.toml", WHOLE);
        assert_eq!(problems, [] as [String; 0]);
        let Some(Source::Database(source)) = source else { panic!("{source:?}") };
        assert_eq!((source.name.as_str(), source.every), ("shop-db", Some(Duration::from_secs(3600))));
        assert_eq!((source.connection.port, source.timeout), (5432, TIMEOUT));
        assert_eq!(source.connection.password, Password::Environment("SHOP_PASSWORD".into()));
        let first = &source.queries[0];
        assert_eq!((first.name.as_str(), first.sql.as_str(), first.place.line), ("orders", "SELECT 1 AS order_id", 12));
        assert_eq!(first.cursor.as_ref().unwrap().overlap, OVERLAP);
        assert_eq!(source.queries[1].target, QueryTarget::Layout("shop".into()));
        assert_eq!((source.queries[1].name.as_str(), &source.queries[1].cursor), ("old", &None));
    }

    #[test]
    fn a_folder_is_a_source_too() {
        let text = "format = 1\nkind = \"folder\"\npath = \"/srv/exports\"\nevery = \"15m\"\nlayout = \"shop\"\n";
        let (source, problems) = read_at("sources/exports.toml", text);
        let Some(Source::Folder(source)) = source else { panic!("{problems:?}") };
        assert_eq!((source.path.as_str(), source.every), ("/srv/exports", Some(Duration::from_secs(900))));
        let (source, problems) = read_at("e.toml", &text.replace("\"shop\"", "\"shup\"\ntimeout = \"1m\""));
        assert!(source.is_none());
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].starts_with("e.toml:5:10: error: there is no layout `shup` (did you mean `shop`?)"));
        assert!(problems[1].starts_with("e.toml:6:1: error: ") && problems[1].contains("timeout"), "{problems:?}");
    }

    #[test]
    fn every_problem_is_named_with_its_place() {
        let (source, problems) = read_at(
            "s.toml",
            "format = 1\nkind = \"mysql\"\nevery = \"1 s\"\n[connection]\nhost = \"db.example.com\"\nport = 0\n\
             user = \"u\"\npassword = \"hunter2\"\n[[query]]\nsql = \";\"\ntable = \"order\"\n[[query]]\n\
             sql = \"SELECT 1\"\nlayout = \"log\"\ncursor = \"at\"\n[[query]]\nsql = \"SELECT 1\"\n",
        );
        assert!(source.is_none());
        let expected = [
            "s.toml:2:8: error: `kind` cannot be \"mysql\"",
            "s.toml:3:9: error: `every` must be between 10 s and a year",
            "s.toml:4:1: error: `database` is missing",
            "s.toml:5:8: error: \"db.example.com\" is not this machine",
            "s.toml:6:8: error: there is no port 0",
            "s.toml:8:1: error: a password must not stand in this file",
            "s.toml:10:7: error: `sql` is empty",
            "s.toml:11:9: error: there is no standard table `order` (did you mean `orders`?)",
            "s.toml:15:10: error: layout `log` groups, counts or queries rows",
            "s.toml:16:1: error: the query does not say where its rows go",
        ];
        assert_eq!(problems.len(), expected.len(), "{problems:#?}");
        for (found, expected) in problems.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found} must begin with {expected}");
        }
        assert!(!problems.concat().contains("hunter2"));
    }

    #[test]
    fn names_hosts_and_passwords_are_checked() {
        let check = |path: &str, from: &str, to: &str, expected: &str| {
            let (source, problems) = read_at(path, &WHOLE.replace(from, to));
            assert_eq!(source.is_none(), !expected.is_empty(), "{problems:?}");
            assert!(problems.concat().contains(expected), "{problems:?} must contain {expected}");
        };
        check("sources/shop.toml", "", "", "a layout has the name `shop` already");
        check("sources/my shop.toml", "", "", "is no name for a source");
        check("d.toml", "SHOP_PASSWORD", "s3cret!", "is the name of an environment variable");
        check("d.toml", "127.0.0.1", "/run/postgresql", "");
        check("d.toml", "127.0.0.1", "10.0.0.5", "is not this machine");
        check("d.toml", "host = \"127.0.0.1\"", "host = \"10.0.0.5\"\nplain_text = true", "");
        check("d.toml", "name = \"old\"\n", "name = \"orders\"\n", "there are two queries named `orders`");
        check("d.toml", "cursor = \"updated_at\"", "overlap = \"1h\"", "means nothing without a `cursor`");
        check("d.toml", "cursor = \"updated_at\"", "cursor = \"updated_at\"\noverlap = 0", "");
    }
}
