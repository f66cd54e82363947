//! The scorecard as a page of text.

use throughline_app::render::scorecard::scorecard;
use throughline_app::render::style::Style;
use throughline_app::render::text::width;

use crate::expect::check;
use crate::shop;

#[test]
fn a_page_of_100_columns() {
    check("scorecard-100.txt", &scorecard(&shop::view(true), &Style::plain(100)));
}

#[test]
fn a_page_of_80_columns() {
    check("scorecard-80.txt", &scorecard(&shop::view(true), &Style::plain(80)));
}

#[test]
fn no_line_runs_over() {
    for columns in 80..=120 {
        let page = scorecard(&shop::view(false), &Style::plain(columns));
        for line in page.lines() {
            assert!(width(line) <= columns, "{columns}: {line}");
            assert_eq!(line, line.trim_end());
        }
    }
}

#[test]
fn colours_change_nothing_but_colour() {
    let view = shop::view(true);
    let plain = scorecard(&view, &Style::plain(100));
    let painted = scorecard(&view, &Style { colour: true, ..Style::plain(100) });
    assert!(painted.contains("\u{1b}[31m"));
    let mut stripped = String::new();
    let mut inside = false;
    for c in painted.chars() {
        match c {
            '\u{1b}' => inside = true,
            'm' if inside => inside = false,
            _ if inside => {}
            _ => stripped.push(c),
        }
    }
    let trimmed: Vec<&str> = stripped.lines().map(str::trim_end).collect();
    assert_eq!(trimmed, plain.lines().collect::<Vec<_>>());
}
