//! Distances for people to read. Orders compare squares of whole metres ([`kernel::GridPoint`]), never these.

/// Tenths of a mile, rounded down, as `12.4 miles`.
pub fn miles(metres: u32) -> String {
    let tenths = u64::from(metres) * 10_000 / 1_609_344;
    format!("{}.{} miles", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mile_is_1609_metres() {
        assert_eq!(miles(16_094), "10.0 miles");
        assert_eq!(miles(16_093), "9.9 miles");
    }
}
