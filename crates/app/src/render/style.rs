//! Colour and width of the place that is written to.

use throughline_model::status::Status;

/// Narrower than this the tables are not made; they run over instead.
pub const NARROWEST: usize = 80;
/// Wider lines are harder to read.
pub const WIDEST: usize = 120;
/// Width of a pipe or a file.
pub const USUAL: usize = 100;

/// What a text is about; one colour each, chosen so that colour-blind people can tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// On target, or better.
    Good,
    /// Close to target.
    Fair,
    /// Off target, or worse.
    Bad,
    /// Beside the point: legends, details, what has no data.
    Quiet,
    /// Headings.
    Strong,
}

impl Ink {
    /// The colour of a status.
    pub fn of(status: Option<Status>) -> Ink {
        match status {
            Some(Status::OnTarget) => Ink::Good,
            Some(Status::Close) => Ink::Fair,
            Some(Status::OffTarget) => Ink::Bad,
            Some(Status::TooLittleData | Status::NoData) | None => Ink::Quiet,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Ink::Good => "36",
            Ink::Fair => "33",
            Ink::Bad => "31",
            Ink::Quiet => "2",
            Ink::Strong => "1",
        }
    }
}

/// How to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether colours may be used.
    pub colour: bool,
    /// Columns of a line.
    pub width: usize,
    /// Whether it is a terminal, where a line that is too long is worse than one that is cut.
    pub terminal: bool,
}

impl Style {
    /// Without colour, as for a pipe.
    pub fn plain(width: usize) -> Style {
        Style { colour: false, width: width.clamp(NARROWEST, WIDEST), terminal: false }
    }

    /// The text in the colour of what it is about. Pad before painting.
    pub fn paint(&self, ink: Ink, text: &str) -> String {
        if self.colour && !text.trim().is_empty() {
            format!("\u{1b}[{}m{text}\u{1b}[0m", ink.code())
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_an_addition() {
        let style = Style { colour: true, ..Style::plain(100) };
        assert_eq!(style.paint(Ink::Bad, "▼"), "\u{1b}[31m▼\u{1b}[0m");
        assert_eq!(style.paint(Ink::Bad, "  "), "  ");
        assert_eq!(Style::plain(10).paint(Ink::Bad, "▼"), "▼");
        assert_eq!((Style::plain(10).width, Style::plain(500).width), (NARROWEST, WIDEST));
    }
}
