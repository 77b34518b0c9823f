//! Values that have a shape of their own.

use std::fmt;

/// Ofsted's unique reference number of a home or agency: seven figures, or `SC` and six figures.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Urn([u8; 8]);

impl Urn {
    /// What a return writes when there is a number and nobody knows it.
    pub const UNKNOWN: &'static str = "XXXXXXX";

    /// From text, trimmed and upper-cased; `None` if it has not the shape.
    pub fn parse(text: &str) -> Option<Urn> {
        let text = text.trim().as_bytes();
        let figures = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        let mut held = [0; 8];
        match text {
            [s, c, rest @ ..] if rest.len() == 6 && figures(rest) && [*s, *c].eq_ignore_ascii_case(b"SC") => {}
            all if all.len() == 7 && figures(all) => {}
            _ => return None,
        }
        held[..text.len()].copy_from_slice(text);
        held.make_ascii_uppercase();
        Some(Urn(held))
    }

    /// The number as Ofsted writes it.
    pub fn as_str(&self) -> &str {
        let length = if self.0[7] == 0 { 7 } else { 8 };
        std::str::from_utf8(&self.0[..length]).expect("a URN is made of ASCII letters and figures alone")
    }
}

impl fmt::Display for Urn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Urn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A postcode in its one form, `AB1 2CD`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Postcode {
    text: [u8; 8],
    length: u8,
}

impl Postcode {
    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text[..usize::from(self.length)]).expect("a postcode is ASCII letters and figures")
    }
}

/// A postcode, however it was spaced. `None` if it has not the shape of one (A9, A99, A9A, AA9, AA99 or AA9A, then 9AA);
/// whether there is such a place is not asked.
pub(super) fn postcode(text: &str) -> Option<Postcode> {
    let (mut compact, mut shape, mut length) = ([0; 7], [0; 7], 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        *compact.get_mut(length)? = byte.to_ascii_uppercase();
        shape[length] = match compact[length] {
            b'A'..=b'Z' => b'A',
            b'0'..=b'9' => b'9',
            _ => return None,
        };
        length += 1;
    }
    let (outward, inward) = shape[..length].split_at_checked(length.checked_sub(3)?)?;
    if !matches!(outward, b"A9" | b"A99" | b"A9A" | b"AA9" | b"AA99" | b"AA9A") || inward != b"9AA" {
        return None;
    }
    let (outward, inward) = compact[..length].split_at(outward.len());
    let mut text = [b' '; 8];
    text[..outward.len()].copy_from_slice(outward);
    text[outward.len() + 1..=length].copy_from_slice(inward);
    Some(Postcode { text, length: length as u8 + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_urn_is_seven_figures_or_sc_and_six() {
        assert_eq!(Urn::parse(" 1234567 ").unwrap().as_str(), "1234567");
        assert_eq!(Urn::parse("sc123456").unwrap().to_string(), "SC123456");
        for wrong in ["", "123456", "12345678", "SC12345", "SC1234567", "XXXXXXX", "1234567.0", "SB123456"] {
            assert_eq!(Urn::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_postcode_has_one_form() {
        for (written, form) in
            [("m11ae", "M1 1AE"), (" SW1A  1AA ", "SW1A 1AA"), ("EC1A1BB", "EC1A 1BB"), ("B338TH", "B33 8TH")]
        {
            assert_eq!(postcode(written).map(|found| found.as_str().to_owned()).as_deref(), Some(form));
        }
        for wrong in ["", "M1", "1AA", "M1 1A1", "MMM1 1AA", "M111 1AA", "M1 1ÀA", "é"] {
            assert!(postcode(wrong).is_none(), "{wrong}");
        }
    }
}
