//! Formulas over other measures: `(revenue - cost) / revenue`, `revenue / year_before(revenue) - 1`.
//!
//! Identifiers are measures, with `+ - * / ( )`, numbers, `previous(id)` and `year_before(id)`.
//! A parsed formula is a postfix program, so that evaluating it needs no recursion.

use std::fmt;

/// Which period of a measure a formula means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shift {
    /// The period that is computed.
    Same,
    /// The period before.
    Previous,
    /// The same period a year before.
    YearBefore,
}

/// A formula that has been parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    /// As written.
    pub text: String,
    program: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Number(f64),
    Measure(String, Shift),
    Negate,
    Operator(char),
}

/// Words that mean something in formulas and cannot be the id of a measure.
pub const RESERVED: [&str; 2] = ["previous", "year_before"];

// Far beyond any sensible formula; they bound the work and the depth of the parser.
const LONGEST: usize = 4_000;
const DEEPEST: usize = 50;

impl Formula {
    /// Parses a formula; the error is the byte offset where it went wrong and a message.
    pub fn parse(text: &str) -> Result<Formula, (usize, String)> {
        if text.len() > LONGEST {
            return Err((0, format!("the formula is longer than {LONGEST} characters")));
        }
        let mut parser = Parser { text, at: 0, depth: 0, program: Vec::new() };
        parser.sum()?;
        parser.skip_space();
        match parser.peek() {
            None => Ok(Formula { text: text.to_owned(), program: parser.program }),
            Some(')') => parser.fail("this bracket was never opened"),
            Some(_) => parser.fail("expected + - * / or the end here"),
        }
    }

    /// The measures it uses, sorted, each once.
    pub fn measures(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.inputs().into_iter().map(|(id, _)| id).collect();
        ids.dedup();
        ids
    }

    /// The measures it uses with the period that is meant, sorted, each pair once.
    pub fn inputs(&self) -> Vec<(&str, Shift)> {
        let uses = self.program.iter().filter_map(|step| match step {
            Step::Measure(id, shift) => Some((id.as_str(), *shift)),
            _ => None,
        });
        let mut inputs: Vec<(&str, Shift)> = uses.collect();
        inputs.sort_unstable();
        inputs.dedup();
        inputs
    }

    /// Byte offset of the first use of a measure in the text.
    pub fn offset_of(&self, id: &str) -> Option<usize> {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        self.text.match_indices(id).map(|(at, _)| at).find(|at| {
            let (before, behind) = self.text.split_at(*at);
            !before.ends_with(word) && !behind.get(id.len()..).unwrap_or_default().starts_with(word)
        })
    }

    /// The value, with `value_of` handing in the measures. `None` where any part has no value, where
    /// something is divided by zero or where the result is not finite.
    pub fn evaluate(&self, value_of: &mut dyn FnMut(&str, Shift) -> Option<f64>) -> Option<f64> {
        let mut stack: Vec<f64> = Vec::new();
        for step in &self.program {
            let value = match step {
                Step::Number(number) => *number,
                Step::Measure(id, shift) => value_of(id, *shift)?,
                Step::Negate => -stack.pop()?,
                Step::Operator(operator) => {
                    let right = stack.pop()?;
                    let left = stack.pop()?;
                    apply(*operator, left, right)?
                }
            };
            stack.push(Some(value).filter(|value| value.is_finite())?);
        }
        stack.pop()
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

fn apply(operator: char, left: f64, right: f64) -> Option<f64> {
    match operator {
        '+' => Some(left + right),
        '-' => Some(left - right),
        '*' => Some(left * right),
        '/' if right == 0.0 => None,
        '/' => Some(left / right),
        _ => None,
    }
}

/// Recursive descent: sum → product → factor → number, measure or bracket.
struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    program: Vec<Step>,
}

type Parsed = Result<(), (usize, String)>;

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn fail<T>(&self, message: impl Into<String>) -> Result<T, (usize, String)> {
        Err((self.at, message.into()))
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Takes the next character if it is one of `wanted`.
    fn take(&mut self, wanted: &[char]) -> Option<char> {
        self.skip_space();
        let next = self.peek().filter(|next| wanted.contains(next))?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn sum(&mut self) -> Parsed {
        self.product()?;
        while let Some(operator) = self.take(&['+', '-']) {
            self.product()?;
            self.program.push(Step::Operator(operator));
        }
        Ok(())
    }

    fn product(&mut self) -> Parsed {
        self.factor()?;
        while let Some(operator) = self.take(&['*', '/']) {
            self.factor()?;
            self.program.push(Step::Operator(operator));
        }
        Ok(())
    }

    fn factor(&mut self) -> Parsed {
        self.skip_space();
        if self.depth == DEEPEST {
            return self.fail(format!("brackets and signs are nested more than {DEEPEST} deep"));
        }
        self.depth += 1;
        match self.peek() {
            Some('-') => {
                self.take(&['-']);
                self.factor()?;
                self.program.push(Step::Negate);
            }
            Some('(') => {
                self.take(&['(']);
                self.sum()?;
                self.close()?;
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.number()?,
            Some(c) if c.is_ascii_alphabetic() || c == '_' => self.measure()?,
            Some(c) => return self.fail(format!("`{c}` cannot stand here; expected a measure, a number or a bracket")),
            None => return self.fail("the formula ends too early; expected a measure, a number or a bracket"),
        }
        self.depth -= 1;
        Ok(())
    }

    fn close(&mut self) -> Parsed {
        match self.take(&[')']) {
            Some(_) => Ok(()),
            None => self.fail("expected `)` here"),
        }
    }

    fn number(&mut self) -> Parsed {
        let start = self.at;
        let digits = self.take_while(|c| c.is_ascii_digit() || c == '.');
        match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => self.program.push(Step::Number(number)),
            _ => return Err((start, format!("`{digits}` is not a number"))),
        }
        match self.peek() {
            Some('%') => self.fail("write 0.1 for 10 %"),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                self.fail("a number and a name need an operator between them")
            }
            _ => Ok(()),
        }
    }

    fn name(&mut self) -> &'a str {
        self.take_while(|c| c.is_ascii_alphanumeric() || c == '_')
    }

    fn measure(&mut self) -> Parsed {
        let start = self.at;
        let name = self.name();
        self.skip_space();
        let shift = match (name, self.peek()) {
            ("previous", Some('(')) => Shift::Previous,
            ("year_before", Some('(')) => Shift::YearBefore,
            (function, Some('(')) => {
                let known = "previous(measure) and year_before(measure) are the only functions";
                return Err((start, format!("there is no function `{function}`; {known}")));
            }
            (word, _) if RESERVED.contains(&word) => {
                return Err((start, format!("`{word}` needs a measure in brackets: {word}(revenue)")));
            }
            (id, _) => {
                self.program.push(Step::Measure(id.to_owned(), Shift::Same));
                return Ok(());
            }
        };
        self.take(&['(']);
        self.skip_space();
        let inner_at = self.at;
        let inner = self.name();
        if inner.is_empty() || RESERVED.contains(&inner) || inner.starts_with(|c: char| c.is_ascii_digit()) {
            return Err((inner_at, format!("expected a measure inside {name}(...)")));
        }
        self.program.push(Step::Measure(inner.to_owned(), shift));
        self.close()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn value_of(id: &str, shift: Shift) -> Option<f64> {
        let value = match id {
            "revenue" => 1_200.0,
            "cost" => 900.0,
            "none" => return None,
            "zero" => 0.0,
            "huge" => 1e300,
            _ => return None,
        };
        Some(match shift {
            Shift::Same => value,
            Shift::Previous => value - 100.0,
            Shift::YearBefore => value / 2.0,
        })
    }

    #[track_caller]
    fn check(text: &str, expected: Option<f64>) {
        assert_eq!(Formula::parse(text).unwrap().evaluate(&mut value_of), expected, "{text}");
    }

    #[track_caller]
    fn check_error(text: &str, offset: usize, message: &str) {
        let (at, found) = Formula::parse(text).unwrap_err();
        assert_eq!(at, offset, "{text}: {found}");
        assert!(found.contains(message), "{text}: {found}");
    }

    #[test]
    fn arithmetic() {
        check("(revenue - cost) / revenue", Some(0.25));
        check("revenue - cost - 100", Some(200.0));
        check("2 + 3 * 4 / 2", Some(8.0));
        check("8 / 4 / 2", Some(1.0));
        check("-revenue + 2*-(1)", Some(-1_202.0));
        check("revenue / year_before( revenue ) - 1", Some(1.0));
        check("revenue-previous(revenue)", Some(100.0));
        check(".5 * 2", Some(1.0));
    }

    #[test]
    fn undefined_is_none() {
        check("revenue / zero", None);
        check("revenue + none", None);
        check("0 * none", None);
        check("huge * huge", None);
        check("revenue / (cost - 900)", None);
    }

    #[test]
    fn errors_point_at_their_place() {
        check_error("", 0, "ends too early");
        check_error("revenue +", 9, "ends too early");
        check_error("revenue cost", 8, "expected + - * /");
        check_error("(revenue", 8, "expected `)`");
        check_error("revenue)", 7, "never opened");
        check_error("1.2.3", 0, "not a number");
        check_error("10% * revenue", 2, "0.1 for 10 %");
        check_error("2revenue", 1, "operator between");
        check_error("a + max(revenue)", 4, "no function `max`");
        check_error("previous", 0, "needs a measure");
        check_error("previous(previous(a))", 9, "expected a measure");
        check_error("previous(a + b)", 11, "expected `)`");
        check_error("a + ü", 4, "cannot stand here");
        check_error(&"(".repeat(3_000), 50, "nested more than");
        check_error(&"-".repeat(3_000), 50, "nested more than");
        check_error(&"1+".repeat(3_000), 0, "longer than");
        assert!(Formula::parse(&format!("{}1", "1+".repeat(1_900))).is_ok());
    }

    #[test]
    fn inputs_are_sorted_and_unique() {
        let formula = Formula::parse("b / year_before(b) + a - b").unwrap();
        assert_eq!(formula.measures(), ["a", "b"]);
        assert_eq!(formula.inputs(), [("a", Shift::Same), ("b", Shift::Same), ("b", Shift::YearBefore)]);
    }

    proptest! {
        #[test]
        fn any_text_parses_or_says_where(text in "\\PC{0,60}") {
            if let Err((at, message)) = Formula::parse(&text) {
                prop_assert!(at <= text.len() && text.is_char_boundary(at) && !message.is_empty());
            }
        }

        #[test]
        fn near_formulas_evaluate_without_panic(
            text in "(revenue|cost|zero|previous|year_before|\\(|\\)|\\+|-|\\*|/|[0-9.]| ){0,30}"
        ) {
            if let Ok(formula) = Formula::parse(&text) {
                let value = formula.evaluate(&mut value_of);
                prop_assert!(value.is_none_or(f64::is_finite));
            }
        }
    }
}
