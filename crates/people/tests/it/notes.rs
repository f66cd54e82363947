//! Notes on a measure and a day.

use jiff::civil::date;
use throughline_people::ErrorKind::{Forbidden, Input, NotFound};
use throughline_people::{Actor, NewNote, Note, Role};

use crate::world::{World, at, refused};

#[test]
fn notes_are_written_listed_and_deleted() {
    let world = World::empty();
    let (anna, ben) = (Actor::user("Anna", Role::Analyst), Actor::user("Ben", Role::Viewer));
    let write = |by: &Actor, day: i8, text: &str| {
        world.people.add_note(by, &NewNote { measure: "csat", at: date(2026, 2, day), text }, at(0))
    };
    let first = write(&anna, 20, "  The new tariff\r\nwas announced.  ").unwrap();
    let expected = Note {
        number: 1,
        measure: "csat".into(),
        at: date(2026, 2, 20),
        text: "The new tariff\nwas announced.".into(),
        who: "Anna".into(),
        written_at: at(0),
    };
    assert_eq!(first, expected);
    write(&ben, 3, "Snow: nothing was delivered.").unwrap();
    write(&ben, 20, "So it was.").unwrap();
    let listed =
        |measure: &str| -> Vec<i64> { world.people.notes(measure).unwrap().iter().map(|note| note.number).collect() };
    assert_eq!((listed("csat"), listed("nps")), (vec![2, 1, 3], vec![]));
    refused(world.people.delete_note(&anna, 2, at(1)), Forbidden, "by who wrote it, or by an editor");
    refused(world.people.delete_note(&ben, 1, at(1)), Forbidden, "by who wrote it");
    assert_eq!(world.people.delete_note(&ben, 2, at(1)).unwrap().text, "Snow: nothing was delivered.");
    world.people.delete_note(&Actor::user("Cleo", Role::Editor), 1, at(1)).unwrap();
    refused(world.people.delete_note(&ben, 1, at(1)), NotFound, "There is no note 1.");
    assert_eq!(write(&ben, 4, "Later.").unwrap().number, 4, "numbers are not used again");
}

#[test]
fn notes_say_something_and_not_too_much() {
    let world = World::empty();
    let write = |measure: &str, text: &str| {
        world.people.add_note(&Actor::local(), &NewNote { measure, at: date(2026, 2, 1), text }, at(0))
    };
    refused(write("csat", " \n "), Input, "1 to 2000 letters");
    refused(write("csat", &"é".repeat(2001)), Input, "this one has 2001");
    refused(write("csat", "a\u{0}b"), Input, "control characters");
    refused(write("", "text"), Input, "id of a measure");
    let markup = "<script>alert(1)</script> '; DROP TABLE notes; --";
    assert_eq!(write("csat", markup).unwrap().text, markup, "kept as it is; showing it safely is for the page");
    write("csat", &"é".repeat(2000)).unwrap();
}
