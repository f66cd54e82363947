//! DataFusion's functions that make long texts and lists out of short ones, within bounds: no query may fill the memory
//! by one call.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::{cast, concat};
use datafusion::arrow::datatypes::{
    DataType, FieldRef, Int64Type, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit, TimeUnit,
};
use datafusion::common::{Result, exec_err};
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Documentation, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

/// Bytes that one call may make of a batch of rows.
const MOST: u64 = 256 << 20;
/// Bytes of a number or a moment in a list.
const NUMBER: u64 = 8;
/// Lists of anything that grow by a number alone.
const LISTS: [&str; 2] = ["array_repeat", "array_resize"];

/// How long a text or a list can become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Growth {
    /// The first argument as often as the second says.
    Times,
    /// As many characters as the second argument says.
    To,
    /// At most the third argument in place of each character of the first.
    Replaced,
    /// Numbers or moments from the first argument to the second, or from 0 to the only one, by steps of the third.
    Series,
}

/// Puts bounds on what texts become, and takes away what grows lists by a number.
pub(crate) fn bound(registry: &mut dyn FunctionRegistry) -> Result<()> {
    for name in LISTS {
        registry.deregister_udf(name)?;
    }
    let bounded = [
        ("repeat", Growth::Times),
        ("lpad", Growth::To),
        ("rpad", Growth::To),
        ("replace", Growth::Replaced),
        ("regexp_replace", Growth::Replaced),
        ("range", Growth::Series),
        ("generate_series", Growth::Series),
    ];
    for (name, growth) in bounded {
        let inner = registry.udf(name)?;
        registry.register_udf(Arc::new(ScalarUDF::from(Bounded { inner, growth })))?;
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Bounded {
    inner: Arc<ScalarUDF>,
    growth: Growth,
}

impl ScalarUDFImpl for Bounded {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        self.inner.return_type(arguments)
    }

    fn return_field_from_args(&self, arguments: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        self.inner.return_field_from_args(arguments)
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(arguments)
    }

    fn simplify(&self, arguments: Vec<Expr>, context: &SimplifyContext) -> Result<ExprSimplifyResult> {
        self.inner.simplify(arguments, context)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.documentation()
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let bytes = self.bytes(&arguments.args)?;
        if bytes.iter().fold(0, |sum: u64, row| sum.saturating_add(*row)) <= MOST {
            return self.inner.invoke_with_args(arguments);
        }
        // What replacing makes is seldom as much as it could be: few rows at once tell.
        let mut parts: Vec<ArrayRef> = Vec::new();
        let (mut from, mut made) = (0, 0);
        while from < bytes.len() {
            let rows = self.fitting(bytes.get(from..).unwrap_or_default())?;
            let part = self.part(&arguments, from, rows)?;
            made += part.get_buffer_memory_size() as u64;
            if made > MOST {
                return self.too_much(made);
            }
            parts.push(part);
            from += rows;
        }
        Ok(ColumnarValue::Array(concat(&parts.iter().map(AsRef::as_ref).collect::<Vec<_>>())?))
    }
}

impl Bounded {
    fn too_much<T>(&self, bytes: u64) -> Result<T> {
        exec_err!("{}() would make {} MiB at once, and may make {} MiB", self.name(), bytes >> 20, MOST >> 20)
    }

    /// How many rows from the first on stay within the bounds; only replacing may take several turns.
    fn fitting(&self, bytes: &[u64]) -> Result<usize> {
        let mut sum: u64 = 0;
        let fits = |row: &&u64| {
            sum = sum.saturating_add(**row);
            sum <= MOST
        };
        match bytes.iter().take_while(fits).count() {
            rows if rows > 0 && self.growth == Growth::Replaced => Ok(rows),
            _ => self.too_much(bytes.iter().fold(0, |sum: u64, row| sum.saturating_add(*row))),
        }
    }

    fn part(&self, arguments: &ScalarFunctionArgs, from: usize, rows: usize) -> Result<ArrayRef> {
        let mut part = arguments.clone();
        part.number_rows = rows;
        for argument in &mut part.args {
            if let ColumnarValue::Array(values) = argument {
                *values = values.slice(from, rows);
            }
        }
        self.inner.invoke_with_args(part)?.into_array(rows)
    }

    /// Bytes that each row can become.
    fn bytes(&self, arguments: &[ColumnarValue]) -> Result<Vec<u64>> {
        let arrays = ColumnarValue::values_to_arrays(arguments)?;
        let number = |place: usize| arrays.get(place).map(|array| cast(array, &DataType::Int64)).transpose();
        let text = |place: usize| arrays.get(place).map(|array| cast(array, &DataType::Utf8)).transpose();
        let length = |array: &Option<ArrayRef>, row: usize| -> u64 {
            let array = array.as_ref().filter(|array| array.is_valid(row));
            array.map_or(0, |array| array.as_string::<i32>().value(row).len() as u64)
        };
        let count = |array: &Option<ArrayRef>, row: usize| -> u64 {
            let array = array.as_ref().filter(|array| array.is_valid(row));
            array.map_or(0, |array| u64::try_from(array.as_primitive::<Int64Type>().value(row)).unwrap_or(0))
        };
        let rows = 0..arrays.first().map_or(0, |array| array.len());
        Ok(match self.growth {
            Growth::Times => {
                let (text, times) = (text(0)?, number(1)?);
                rows.map(|row| length(&text, row).saturating_mul(count(&times, row))).collect()
            }
            Growth::To => {
                let to = number(1)?;
                rows.map(|row| count(&to, row).saturating_mul(4)).collect()
            }
            Growth::Replaced => {
                let (text, by) = (text(0)?, text(2)?);
                rows.map(|row| (length(&text, row) + 1).saturating_mul(length(&by, row) + 1)).collect()
            }
            Growth::Series => series(&arrays)?,
        })
    }
}

/// Bytes of the series of each row.
fn series(arrays: &[ArrayRef]) -> Result<Vec<u64>> {
    let steps = arrays.get(2).map(sizes).transpose()?;
    let (from, to) = match arrays {
        [to] => (None, sizes(to)?),
        [from, to, ..] => (Some(sizes(from)?), sizes(to)?),
        [] => return Ok(Vec::new()),
    };
    let value = |sizes: &Option<Vec<f64>>, row: usize, absent: f64| {
        sizes.as_ref().and_then(|sizes| sizes.get(row).copied()).unwrap_or(absent)
    };
    let elements = |(row, to): (usize, &f64)| {
        // A step that is NULL or 0 makes none.
        let step = value(&steps, row, 1.0).abs();
        if step > 0.0 { (to - value(&from, row, 0.0)).abs() / step + 1.0 } else { 1.0 }
    };
    // A cast from a float saturates.
    Ok(to.iter().enumerate().map(elements).map(|elements| (elements as u64).saturating_mul(NUMBER)).collect())
}

/// Numbers as they are; moments, days and intervals in microseconds, months as 28 days. NULL counts as 0.
fn sizes(array: &ArrayRef) -> Result<Vec<f64>> {
    const DAY: f64 = 86_400e6;
    if let DataType::Interval(_) = array.data_type() {
        let array = cast(array, &DataType::Interval(IntervalUnit::MonthDayNano))?;
        let array = array.as_primitive::<IntervalMonthDayNanoType>();
        let size = |value: IntervalMonthDayNano| {
            (f64::from(value.months) * 28.0 + f64::from(value.days)) * DAY + value.nanoseconds as f64 / 1e3
        };
        return Ok(array.iter().map(|value| value.map_or(0.0, size)).collect());
    }
    let scale = match array.data_type() {
        DataType::Date32 => DAY,
        DataType::Timestamp(TimeUnit::Second, _) => 1e6,
        DataType::Timestamp(TimeUnit::Millisecond, _) => 1e3,
        DataType::Timestamp(TimeUnit::Nanosecond, _) => 1e-3,
        _ => 1.0,
    };
    let array = match array.data_type() {
        DataType::Date32 => cast(&cast(array, &DataType::Int32)?, &DataType::Int64)?,
        _ => cast(array, &DataType::Int64)?,
    };
    let array = array.as_primitive::<Int64Type>();
    Ok(array.iter().map(|value| value.map_or(0.0, |value| value as f64 * scale)).collect())
}
