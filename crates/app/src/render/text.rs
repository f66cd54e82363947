//! Text of a given width: padded, cut, wrapped. Widths are columns of a terminal, not characters.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that a text takes.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text cut to `columns`, with … where something is missing. Control characters become spaces, so
/// that what stands in the data cannot steer the terminal.
pub fn fit(text: &str, columns: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if width(&clean) <= columns {
        return clean;
    }
    let mut cut = String::new();
    let mut used = 0;
    for c in clean.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > columns {
            break;
        }
        used += wide;
        cut.push(c);
    }
    if columns > 0 {
        cut.push('…');
    }
    cut
}

/// Cut and padded on the right.
pub fn left(text: &str, columns: usize) -> String {
    let text = fit(text, columns);
    let space = columns.saturating_sub(width(&text));
    format!("{text}{}", " ".repeat(space))
}

/// Cut and padded on the left.
pub fn right(text: &str, columns: usize) -> String {
    let text = fit(text, columns);
    let space = columns.saturating_sub(width(&text));
    format!("{}{text}", " ".repeat(space))
}

/// Lines of at most `columns`, broken at spaces; a word that is longer has a line of its own. A number
/// stays with its unit.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split([' ', '\n', '\t', '\r']).filter(|word| !word.is_empty()) {
        let word: String = word.chars().filter(|c| !c.is_control()).collect();
        match words.last_mut() {
            Some(last) if belongs(last, &word) => {
                last.push(' ');
                last.push_str(&word);
            }
            _ => words.push(word),
        }
    }
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in words {
        if !line.is_empty() && width(&line) + 1 + width(&word) > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Items with dots between them, on as few lines as they need; an item is not broken unless it must be.
pub fn joined(items: &[String], columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for item in items {
        match lines.last_mut() {
            Some(line) if width(line) + 3 + width(item) <= columns => {
                line.push_str(" · ");
                line.push_str(item);
            }
            _ => lines.extend(wrap(item, columns)),
        }
    }
    lines
}

/// Whether a word is the unit of the number before it, or the number after a currency sign.
fn belongs(before: &str, word: &str) -> bool {
    let unit = word.trim_end_matches([')', ',', '.', ';', ':']);
    let is_unit = ["%", "s", "min", "h", "d", "m", "bn", "pts"].contains(&unit);
    let sign = before.rsplit(' ').next().unwrap_or(before).trim_start_matches(['(', '-']);
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let number = before.ends_with(|c: char| c.is_ascii_digit());
    // A unit, or the next three digits of a number.
    (number && (is_unit || digits == 3)) || (["€", "$", "£", "¥", "R$", "₹", "₩"].contains(&sign) && digits > 0)
}

/// A whole number with groups of three: `12 034`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number and its noun: `1 row`, `12 034 rows`.
pub fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_columns() {
        assert_eq!(left("Größe", 7), "Größe  ");
        assert_eq!(right("東京", 6), "  東京");
        assert_eq!(fit("東京都", 5), "東京…");
        assert_eq!(fit("abc", 3), "abc");
        assert_eq!(fit("abcd", 3), "ab…");
        assert_eq!(fit("abcd", 0), "");
        assert_eq!(fit("a\u{1b}[31m\nb", 20), "a [31m b");
    }

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("a verylongword b", 5), ["a", "verylongword", "b"]);
        assert!(wrap("  ", 5).is_empty());
        assert_eq!(wrap("a target of 4 h)", 13), ["a target of", "4 h)"]);
        assert_eq!(wrap("of 31 461 ways, 7 on", 9), ["of 31 461", "ways, 7", "on"]);
        assert_eq!(wrap("about (€ 12.5 m, or less", 8), ["about", "(€ 12.5 m,", "or less"]);
        assert_eq!(wrap("(R$ 1 844 to R$ 12 011)", 11), ["(R$ 1 844", "to", "R$ 12 011)"]);
        assert_eq!(wrap("of 1 234 567 others", 9), ["of", "1 234 567", "others"]);
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!((count(0).as_str(), count(999).as_str(), count(1_234_567).as_str()), ("0", "999", "1 234 567"));
        assert_eq!((counted(1, "row").as_str(), counted(1_200, "row").as_str()), ("1 row", "1 200 rows"));
    }
}
