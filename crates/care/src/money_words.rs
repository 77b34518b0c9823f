//! Law 1 in words: what is said about a placement says nothing of money.
//!
//! Reasons that professionals and providers write are kept beside the decision and shown to others who decide. A price
//! among them would be a price in the care wing, so a text that speaks of money is turned away before it is recorded.
//! What a child or a parent says is never turned away for its words.

/// Word beginnings that speak of money, of who owns a home or of how it is bought.
const STEMS: &[&str] = &[
    "afford",
    "budget",
    "cheap",
    "commission",
    "contract",
    "cost",
    "discount",
    "expens",
    "fee",
    "fees",
    "framework",
    "fund",
    "invoice",
    "margin",
    "money",
    "owner",
    "owned",
    "payment",
    "price",
    "pricing",
    "profit",
    "rate",
    "rates",
    "spot",
    "tariff",
    "tender",
    "uplift",
];
/// Words that begin like one of the above and mean something else.
const INNOCENT: &[&str] = &[
    "costume",
    "feed",
    "feeding",
    "feeds",
    "feel",
    "feeling",
    "feelings",
    "feels",
    "feet",
    "fundamental",
    "rated",
    "rather",
    "spotted",
    "tenderly",
    "tenderness",
    "commissioner",
];

/// The first word of a text that speaks of money; `None` if none does. A sum in pounds is one.
///
/// ```
/// use care::money_word;
///
/// assert_eq!(money_word("They ask £4,000 a week").as_deref(), Some("£"));
/// assert_eq!(money_word("too EXPENSIVE for us").as_deref(), Some("expensive"));
/// assert_eq!(money_word("She feels at home, and the school is near."), None);
/// ```
pub fn money_word(text: &str) -> Option<String> {
    if text.contains(['£', '€', '$']) {
        return Some("£".to_owned());
    }
    let lower = text.to_lowercase();
    let words = lower.split(|character: char| !character.is_alphabetic());
    words.filter(|word| !INNOCENT.contains(word)).find(|word| speaks(word)).map(str::to_owned)
}

fn speaks(word: &str) -> bool {
    // Short stems are words of their own: `rate` is not in `moderate`, nor `fee` in `feeble`.
    STEMS
        .iter()
        .any(|stem| if stem.len() <= 5 { word == *stem || word == format!("{stem}s") } else { word.starts_with(stem) })
        || ["cheap", "price", "cost", "profit"].iter().any(|stem| word.starts_with(stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_heard_and_a_child_that_feels_is_not() {
        for said in [
            "the fee is too low",
            "no budget",
            "on the framework",
            "costs",
            "cheaper elsewhere",
            "their owner",
            "a contract",
        ] {
            assert!(money_word(said).is_some(), "{said}");
        }
        for said in [
            "moderate needs",
            "fed and warm",
            "she would rather stay",
            "in a costume",
            "corporate parent",
            "separate rooms",
        ] {
            assert_eq!(money_word(said), None, "{said}");
        }
    }
}
