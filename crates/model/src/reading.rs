//! What a measure said about a period: a value, how sure it is, and why there is none.

use std::fmt;

use crate::period::Period;

/// A 95 % interval, `low <= high`, in the unit of the value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Why a reading has no value. No data is a state of its own and never a zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Empty {
    /// No row counts for the period.
    NoRows,
    /// The denominator is zero.
    DivisionByZero,
    /// Late outcomes can still change the period.
    NotMature,
    /// Anything else, said in words.
    Undefined(String),
}

impl fmt::Display for Empty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Empty::NoRows => f.write_str("No record counts for this period."),
            Empty::DivisionByZero => f.write_str("Nothing to divide by: the denominator is zero in this period."),
            Empty::NotMature => f.write_str("Too early: outcomes that are still to come can change this period."),
            Empty::Undefined(reason) => f.write_str(reason),
        }
    }
}

/// The value of one measure for one period, for everyone or for one segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The period it is about.
    pub period: Period,
    /// Value of the dimension it was broken down by; `None` for everyone.
    pub segment: Option<String>,
    /// The value in the unit of the measure; `None` where it is undefined, see `empty`.
    pub value: Option<f64>,
    /// Rows that count (for ratios: rows of the denominator).
    pub n: u64,
    /// Numerator of a ratio.
    pub numerator: Option<f64>,
    /// Denominator of a ratio.
    pub denominator: Option<f64>,
    /// 95 % interval where the aggregate has one.
    pub interval: Option<Interval>,
    /// Whether late outcomes can no longer change it.
    pub mature: bool,
    /// Rows that could not be used, such as amounts without a currency rate.
    pub left_out: u64,
    /// Why there is no value.
    pub empty: Option<Empty>,
}

impl Reading {
    /// A period that no row counts for, and that nothing can change any more.
    pub fn without_rows(period: Period) -> Reading {
        Reading {
            period,
            segment: None,
            value: None,
            n: 0,
            numerator: None,
            denominator: None,
            interval: None,
            mature: true,
            left_out: 0,
            empty: Some(Empty::NoRows),
        }
    }
}
