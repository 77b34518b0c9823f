//! Law 1 in words: what is said about a placement says nothing of money.
//!
//! Reasons that professionals and providers write are kept beside the decision and shown to others who decide. A price
//! among them would be a price in the care wing, so a text that speaks of money is turned away before it is recorded.
//! What a child or a parent says is never turned away for its words.
//!
//! A list of whole words, and a sum for a time. It can be written round, and it may turn an innocent text away: then it
//! says which word it was, and another does.

/// Words that speak of money, of who owns a home or of how it is bought.
const WORDS: &str = "\
    afford affordability affordable affording affords bargain bargains bid bidder bidders bidding bids billed \
    billing bills budget budgetary budgeted budgeting budgets cash cheap cheaper cheapest cheaply commission \
    commissioned commissioning commissions contract contracted contracting contractor contractors contracts \
    contractual contractually cost costed costing costings costlier costliest costly costs debt debts discount \
    discounted discounts dividend dividends expense expenses expensive expensively fee fees finance financed \
    finances financial financially financing framework frameworks fund funded funder funders funding funds gbp invoice \
    invoiced invoices invoicing margin margins monetary money monies overpriced overspend overspent owned owner \
    owners ownership paid pay payable payer paying payment payments pays pence price priced prices pricey pricing \
    procure procured procurement profit profitability profitable profits purchase purchased purchaser purchases \
    purchasing rate rates reimburse reimbursed reimbursement remuneration salaries salary shareholder shareholders \
    subsidies subsidised subsidy surcharge tariff tariffs tender tendered tendering tenders unaffordable underfunded \
    underspend uplift uplifts wage wages";
/// A word and the one before it, which together mean something else.
const AFTER: &[(&str, &[&str])] = &[
    ("money", &["birthday", "dinner", "lunch", "pocket", "spending"]),
    ("owner", &["cat", "dog", "pet"]),
    ("owners", &["cat", "dog", "pet"]),
    ("rate", &["any", "first", "heart", "pulse"]),
];
/// A word and the one after it, which together mean something else.
const BEFORE: &[(&str, &[&str])] = &[
    ("paid", &["attention", "heed"]),
    ("pay", &["attention", "heed"]),
    ("paying", &["attention", "heed"]),
    ("pays", &["attention", "heed"]),
    ("rate", &["of"]),
    ("rates", &["of"]),
];
/// Words that are people's names too, or places'.
const NAMES: &[&str] = &["bills", "cash", "fee", "price", "purchase", "rate", "tender", "wage"];
/// What goes before a thing and before no name.
const NO_NAME_AFTER: &[&str] =
    &["a", "an", "any", "her", "his", "its", "no", "our", "some", "that", "the", "their", "this", "what", "your"];
/// What goes before a name and ends in a full stop that ends no sentence.
const TITLES: &[&str] = &["dr", "miss", "mr", "mrs", "ms", "prof", "st"];
/// What a home may be bought by the spot as: the word alone is a dog, or the measles.
const SPOT: &[&str] = &["market", "placement", "placements", "provider", "providers"];
/// Less than this is a count of hours or visits, not a sum.
const LEAST_SUM: u64 = 100;
/// What a sum is for.
const TIMES: &[&str] = &["annum", "day", "fortnight", "month", "night", "week", "year"];
/// What goes between a sum and its time.
const FOR_EACH: &[&str] = &["a", "each", "every", "per"];
/// What goes after a sum, and after no count.
const OF_A_SUM: &[&str] = &[
    "annually",
    "daily",
    "fortnightly",
    "gbp",
    "monthly",
    "nightly",
    "pa",
    "pcm",
    "pn",
    "pounds",
    "pw",
    "quid",
    "weekly",
    "yearly",
];

/// One word of a text.
struct Word<'t> {
    /// As it was written.
    said: &'t str,
    /// In small letters, without a possessive ending.
    lower: String,
    /// Whether a sentence begins with it.
    begins: bool,
}

/// The first word of a text that speaks of money; `None` if none does. A sum in pounds is one.
///
/// ```
/// use care::money_word;
///
/// assert_eq!(money_word("They ask £4,000 a week").as_deref(), Some("£"));
/// assert_eq!(money_word("too EXPENSIVE for us").as_deref(), Some("expensive"));
/// assert_eq!(money_word("She feels at home with Mr Price, and the school is near."), None);
/// ```
pub fn money_word(text: &str) -> Option<String> {
    if text.contains(['£', '€', '$']) {
        return Some("£".to_owned());
    }
    let words = words(text);
    (0..words.len()).find(|&at| speaks(&words, at)).map(|at| words[at].lower.clone())
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word> = Vec::new();
    let mut begins = true;
    let mut rest = text;
    while let Some(from) = rest.find(char::is_alphanumeric) {
        let (between, word) = rest.split_at(from);
        begins |= between.contains(['!', '?', ':', ';', '\n', '"', '“'])
            || between.contains('.') && !words.last().is_some_and(|last| TITLES.contains(&last.lower.as_str()));
        // An apostrophe is of its word, and a comma of its number.
        let number = word.starts_with(|first: char| first.is_ascii_digit());
        let goes_on = |next: char| next.is_alphanumeric() || matches!(next, '\'' | '’') || number && next == ',';
        let end = word.find(|next| !goes_on(next)).unwrap_or(word.len());
        let said = &word[..end];
        let lower = said.to_lowercase().replace('’', "'");
        let lower = lower.trim_end_matches("'s").trim_end_matches('\'').to_owned();
        words.push(Word { said, lower, begins });
        (begins, rest) = (false, &word[end..]);
    }
    words
}

fn speaks(words: &[Word], at: usize) -> bool {
    let next = |by: usize| words.get(at + by).map_or("", |word| word.lower.as_str());
    let last = at.checked_sub(1).map_or("", |before| words[before].lower.as_str());
    let word = words[at].lower.as_str();
    let means_else = |pairs: &[(&str, &[&str])], other: &str| {
        pairs.iter().any(|(own, others)| *own == word && others.contains(&other))
    };
    if word == "spot" {
        return SPOT.contains(&next(1));
    }
    if let Some(sum) = sum(word) {
        let year = (1900..=2100).contains(&sum) && next(2) == "year";
        let for_a_time = TIMES.contains(&next(1)) || FOR_EACH.contains(&next(1)) && TIMES.contains(&next(2)) && !year;
        let before = |by: usize| at.checked_sub(by).map_or("", |before| words[before].lower.as_str());
        let of_a_time = FOR_EACH.contains(&before(2)) && before(2) != "a" && TIMES.contains(&before(1));
        let named = word.ends_with("gbp") || OF_A_SUM.contains(&next(1)) || (next(1), next(2)) == ("p", "w");
        return sum >= LEAST_SUM && (for_a_time || of_a_time || named);
    }
    WORDS.split_ascii_whitespace().any(|listed| listed == word)
        && !means_else(AFTER, last)
        && !means_else(BEFORE, next(1))
        && !is_name(words, at)
}

/// A number as sums are written: `4,000`, `4k`, `4000gbp`.
fn sum(word: &str) -> Option<u64> {
    let plain = word.replace(',', "");
    let plain = plain.strip_suffix("gbp").unwrap_or(&plain);
    match plain.strip_suffix('k') {
        Some(thousands) => thousands.parse::<u64>().ok()?.checked_mul(1_000),
        None => plain.parse().ok(),
    }
}

/// Written like a name, where a name may stand.
fn is_name(words: &[Word], at: usize) -> bool {
    let capital = |word: &Word| {
        let mut letters = word.said.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase)
    };
    let Word { lower, begins, .. } = &words[at];
    let last = at.checked_sub(1).map(|before| words[before].lower.as_str()).filter(|_| !begins);
    let bare = Word {
        said: words[at].said.split(['\'', '’']).next().unwrap_or_default(),
        lower: String::new(),
        begins: false,
    };
    let may_stand = match last {
        Some(last) => !NO_NAME_AFTER.contains(&last),
        // `Price Street is near`: a sentence of which both first words have a capital.
        None => words.get(at + 1).is_some_and(|next| !next.begins && capital(next)),
    };
    NAMES.contains(&lower.as_str()) && capital(&bare) && may_stand
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_heard_however_it_is_put() {
        for said in [
            "the fee is too low",
            "no budget",
            "on the framework",
            "costs",
            "cheaper elsewhere",
            "their owner",
            "a contract",
            "funding was refused",
            "it is funded by health",
            "the council pays more there",
            "Price is the reason",
            "the Price is too high",
            "THE PRICE IS TOO HIGH",
            "It was cheap. Fee agreed.",
            "low-cost",
            "they ask 4,000 a week",
            "4500 per night",
            "a spot placement",
            "the home’s finances",
            "out to tender",
            "They ask for more Money.",
            "They Pay more there",
            "4200 weekly",
            "4k pw",
            "6k a month",
            "GBP 4000",
            "4000GBP",
            "4,000 p/w",
            "4000 a fortnight",
            "4000 every week",
            "per night 300",
            "4200/week",
        ] {
            assert!(money_word(said).is_some(), "{said}");
        }
    }

    #[test]
    fn what_has_nothing_to_do_with_money_is_not_turned_away() {
        for said in [
            "moderate needs",
            "fed and warm",
            "she would rather stay",
            "in a costume",
            "corporate parent",
            "separate rooms",
            "Mr Price is her teacher",
            "Her teacher is Mr. Price, whom she likes",
            "She likes Katie Price's dog",
            "Price Street School is near",
            "They come from Costa Rica",
            "Costa on the high street is where they meet",
            "Spot is their dog, and she has had the measles: spots",
            "contractures of both knees",
            "she feels marginalised at school",
            "the fundamental thing is rest",
            "he pays attention when it is quiet",
            "she keeps her own pocket money",
            "at any rate he sleeps",
            "a dog owner",
            "the children's commissioner came",
            "three nights a week, 12 hours a week",
            "2026 a year to remember",
            "her rate of progress",
            "taken to the funfair; handled tenderly",
        ] {
            assert_eq!(money_word(said), None, "{said}");
        }
    }
}
