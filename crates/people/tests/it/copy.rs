//! The file as a whole: copies of it, and whether it is sound.

use std::fs;
use std::path::Path;

use throughline_people::ErrorKind::Damaged;
use throughline_people::{People, Role, Soundness, copy, soundness};

use crate::world::{ANNA, BEN, World, refused};

#[test]
fn a_copy_holds_what_was_there_and_disturbs_nobody() {
    let world = World::empty();
    world.add("Anna", Role::Admin, ANNA).unwrap();
    let path = world.people.path();
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    assert!(copy(path, &first).unwrap());
    // The file stays open, and goes on.
    world.add("Ben", Role::Viewer, BEN).unwrap();
    assert!(copy(path, &second).unwrap());
    let count = |path: &Path| People::open(path).unwrap().users().unwrap().len();
    assert_eq!((count(&first), count(&second)), (1, 2));
    assert!(!copy(&folder.path().join("none"), &folder.path().join("third")).unwrap());
    // Nothing new, nothing to copy again.
    let third = folder.path().join("third");
    copy(path, &third).unwrap();
    let fourth = folder.path().join("fourth");
    copy(path, &fourth).unwrap();
    assert_eq!(fs::read(&third).unwrap(), fs::read(&fourth).unwrap());
}

#[test]
fn what_is_wrong_with_a_file_is_told() {
    let world = World::empty();
    world.add("Anna", Role::Admin, ANNA).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("people.sqlite");
    assert_eq!(soundness(&path).unwrap(), None);
    copy(world.people.path(), &path).unwrap();
    drop(People::open(&path).unwrap());
    assert_eq!(soundness(&path).unwrap(), Some(Soundness::default()));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    open_to_others(&path);
    let whole = fs::read(&path).unwrap();
    // A page in the middle is garbage.
    let mut broken = whole.clone();
    for byte in broken.iter_mut().skip(4 * 4096).take(4096) {
        *byte = 0xA5;
    }
    fs::write(&path, broken).unwrap();
    assert!(soundness(&path).map_or(true, |sound| !sound.unwrap().broken.is_empty()));
    let mut newer = whole;
    newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(&path, newer).unwrap();
    refused(soundness(&path), Damaged, "was written by a newer version of Throughline");
    refused(copy(&path, &folder.path().join("copy")), Damaged, "was written by a newer version of Throughline");
    fs::write(&path, "garbage").unwrap();
    refused(soundness(&path), Damaged, "people.sqlite is damaged");
}

#[cfg(unix)]
fn open_to_others(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(soundness(path).unwrap().unwrap().open_to_others);
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) {}
