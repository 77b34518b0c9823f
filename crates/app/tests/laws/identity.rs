//! Law 10: identity is kept apart.

use app::AsOf;
use proptest::prelude::*;

use crate::bank::{Bank, Files, kent};
use crate::world::{LAST, cases, children, told};

const POSTCODE: &str = "ZZ99 9QJ";
const HOME_POSTCODE: &str = "ZZ98 8QK";

/// What no table of the door or the Bank, and nothing that is shown of money, may hold.
fn planted(number: usize) -> [String; 2] {
    [format!("NAOMI-QUX-{number}"), format!("Z{:012}", 998_877_665_500 + number)]
}

#[test]
fn law_10_no_number_of_a_child_and_no_postcode_leaves_the_care_wing() {
    let ready = Bank::new();
    cases(20, children(), |mut children| {
        for (number, child) in children.iter_mut().enumerate() {
            [child.local, child.upn] = planted(number);
        }
        let bank = ready.copy();
        let mut known = 0;
        for year in [2025, 2026] {
            let files = told(&children, year, 1);
            let episodes = String::from_utf8(files.episodes).unwrap();
            let episodes = episodes.replace("ME9 9ZZ", HOME_POSTCODE).replace("ME1 1AA", POSTCODE);
            // A row that is set aside, so that its finding is on the record too.
            let broken = format!("{episodes}NAOMI-QUX-0,99/99/2025,P,C2,N1,U4,PR1,,,,{HOME_POSTCODE},{POSTCODE},\n");
            known += bank.import(&Files { episodes: broken.into_bytes(), ..files }).unwrap().children;
        }
        let outcome = bank.run(LAST);
        let secrets: Vec<String> = (0..children.len())
            .flat_map(planted)
            .chain([POSTCODE, HOME_POSTCODE].into_iter().flat_map(|code| [code.to_owned(), code.replace(' ', "")]))
            .flat_map(|secret| [secret.to_ascii_lowercase(), secret])
            .collect();
        let silent = |place: &str, text: &str| {
            for secret in &secrets {
                assert!(!text.contains(secret.as_str()), "{place} holds {secret}: {text}");
            }
        };
        let mut seen = 0;
        for line in bank.dump() {
            if line.starts_with("care_") {
                seen += usize::from(line.contains("NAOMI-QUX-"));
            } else {
                silent("the store outside the care wing", &line);
            }
        }
        prop_assert!(seen > 0 || known == 0, "the marker is in the store at all");
        let view = AsOf::default();
        let office = &bank.office;
        silent("the run", &serde_json::to_string(&outcome).unwrap());
        silent("the balance", &serde_json::to_string(&office.balance(&view).unwrap()).unwrap());
        silent("verify", &serde_json::to_string(&office.verify(&|_| ()).unwrap()).unwrap());
        if let Ok(statement) = office.statement_council(kent(), &view) {
            silent("the council's statement", &serde_json::to_string(&statement).unwrap());
            for report in statement.placements.iter().take(3) {
                let explanation = office.explain(report.placement, report.from.unwrap(), &view).unwrap();
                silent("an explanation", &serde_json::to_string(&explanation).unwrap());
            }
        }
        for child in &children {
            let Ok(reference) = office.child_reference(kent(), &child.local) else { continue };
            let statement = office.statement_child(reference, &view).unwrap();
            silent("a child's statement", &serde_json::to_string(&statement).unwrap());
        }
        Ok(())
    });
}
