//! Our SQL functions, one file each.

mod as_of;
pub(crate) mod bounded;
mod day_end;
mod day_start;
mod instant;
pub(crate) mod json;
mod least_confidence;
mod local_day;
mod period_number;
mod resolve_links;
mod workspace_currency;

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::utils::take_function_args;
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF};
use jiff::Timestamp;
use throughline_model::period::{Calendar, Grain};

use super::period_index::PeriodIndex;
use crate::identity::Linking;
use crate::store::schema;

/// What the functions know that do not depend on the grain.
pub(crate) struct Constants {
    pub calendar: Arc<Calendar>,
    pub currency: String,
    pub as_of: Timestamp,
    pub linking: Linking,
}

/// Functions of the machine that would make the same question give another answer; `now` and
/// `current_timestamp` come back as other names of `as_of`.
const NOT_REPEATABLE: [&str; 7] =
    ["now", "current_timestamp", "current_date", "today", "current_time", "random", "uuid"];

/// Registers everything that does not depend on the grain.
pub(crate) fn register(registry: &mut dyn FunctionRegistry, constants: &Constants) -> Result<()> {
    for name in NOT_REPEATABLE {
        registry.deregister_udf(name)?;
    }
    bounded::bound(registry)?;
    let days = Shared::new(PeriodIndex::new(constants.calendar.clone(), Grain::Day, constants.as_of));
    let calendar = Shared(constants.calendar.clone());
    let functions = [
        ScalarUDF::from(as_of::AsOf::new(constants.as_of)),
        ScalarUDF::from(day_start::DayStart::new(calendar.clone())),
        ScalarUDF::from(day_end::DayEnd::new(calendar.clone())),
        ScalarUDF::from(instant::Instant::new(calendar)),
        ScalarUDF::from(least_confidence::LeastConfidence::new(constants.linking)),
        ScalarUDF::from(local_day::LocalDay::new(days)),
        ScalarUDF::from(resolve_links::ResolveLinks::new()),
        ScalarUDF::from(workspace_currency::WorkspaceCurrency::new(constants.currency.clone())),
    ];
    for function in functions.into_iter().chain(json::functions()) {
        registry.register_udf(Arc::new(function))?;
    }
    Ok(())
}

/// Registers `period_number` of one grain.
pub(crate) fn register_period_number(
    registry: &mut dyn FunctionRegistry,
    index: PeriodIndex,
    calendar: Arc<Calendar>,
) -> Result<()> {
    let function = period_number::PeriodNumber::new(Shared::new(index), Shared(calendar));
    registry.register_udf(Arc::new(ScalarUDF::from(function)))?;
    Ok(())
}

/// Something that several functions look at; equal only to itself.
#[derive(Debug)]
pub(super) struct Shared<T>(Arc<T>);

impl<T> Shared<T> {
    fn new(inner: T) -> Self {
        Shared(Arc::new(inner))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(self.0.clone())
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Eq for Shared<T> {}

impl<T> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

/// The one argument of a function that takes an instant or a day: instants in the type of the tables,
/// days as they are.
fn instant_or_day(function: &str, arguments: &[DataType]) -> Result<Vec<DataType>> {
    match arguments {
        [DataType::Date32] => Ok(arguments.to_vec()),
        [DataType::Timestamp(..) | DataType::Null] => Ok(vec![schema::instant()]),
        [DataType::Date64] => Ok(vec![DataType::Date32]),
        [other] => plan_err!("{function}() takes an instant or a day, not {other}"),
        _ => plan_err!("{function}() takes one argument"),
    }
}

/// The one argument of a function that takes a day.
fn day(function: &str, arguments: &[DataType]) -> Result<Vec<DataType>> {
    match arguments {
        [DataType::Date32 | DataType::Date64 | DataType::Null] => Ok(vec![DataType::Date32]),
        [other] => plan_err!("{function}() takes a day, not {other}; an instant's day is local_day(instant)"),
        _ => plan_err!("{function}() takes one argument"),
    }
}

/// Days since 1970 as a date; beyond the years -9999 to 9999 the outermost one.
pub(crate) fn date(days: i32) -> jiff::civil::Date {
    let epoch = jiff::civil::date(1970, 1, 1);
    let last = if days < 0 { jiff::civil::Date::MIN } else { jiff::civil::Date::MAX };
    jiff::Span::new().try_days(days).and_then(|span| epoch.checked_add(span)).unwrap_or(last)
}

/// Starts of local days in microseconds since 1970; runs of the same day are computed once.
struct DayStarts<'a> {
    calendar: &'a Calendar,
    last: Cell<Option<(i32, i64)>>,
}

impl<'a> DayStarts<'a> {
    fn new(calendar: &'a Calendar) -> Self {
        DayStarts { calendar, last: Cell::new(None) }
    }

    fn of(&self, day: i32) -> i64 {
        if let Some((known, start)) = self.last.get()
            && known == day
        {
            return start;
        }
        let start = self.calendar.start_of_day(date(day)).as_microsecond();
        self.last.set(Some((day, start)));
        start
    }
}

/// Applies a function to the one argument, be it a column or a constant.
fn map_column(arguments: ScalarFunctionArgs, apply: impl FnOnce(&ArrayRef) -> ArrayRef) -> Result<ColumnarValue> {
    try_map_column(arguments, |column| Ok(apply(column)))
}

/// As [`map_column`], for functions that can fail.
fn try_map_column(
    arguments: ScalarFunctionArgs,
    apply: impl FnOnce(&ArrayRef) -> Result<ArrayRef>,
) -> Result<ColumnarValue> {
    let [argument] = take_function_args("function", arguments.args)?;
    match argument {
        ColumnarValue::Array(column) => Ok(ColumnarValue::Array(apply(&column)?)),
        ColumnarValue::Scalar(constant) => {
            let column = constant.to_array_of_size(1)?;
            Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&apply(&column)?, 0)?))
        }
    }
}
