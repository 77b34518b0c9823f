//! The rows. Facts are compiled from two open readings of the Department for Education's collection guides
//! (Crown copyright, Open Government Licence v3.0): the SSDA903 schemas of liia-tools-pipeline (MIT; a 2017
//! base and changes for the returns that end in 2019, 2022, 2024, 2025 and 2026), called *the schemas* below,
//! and the rules of csc-validator-be-903 0.1.17 (MIT; returns 2022-23 to 2026-27), called *the validator*.
//! Where the two differ the union is taken, and the row's comment says so; meanings are in our own words.

use super::Code;
use crate::years::ReturnYear;

/// One code, the returns in which it is valid (named by the year they end), and its meaning.
pub(super) struct Row {
    pub(super) code: Code,
    first: i16,
    last: Option<i16>,
    pub(super) meaning: &'static str,
}

impl Row {
    pub(super) fn valid(&self, year: ReturnYear) -> bool {
        self.first <= year.ends() && self.last.is_none_or(|last| year.ends() <= last)
    }
}

/// The first return we read, 2017-18: `always` means since then, not since the collection began.
const FIRST: i16 = 2018;

const fn dated(code: &str, first: i16, last: Option<i16>, meaning: &'static str) -> Row {
    Row { code: Code::filled(code.as_bytes()), first, last, meaning }
}

const fn always(code: &str, meaning: &'static str) -> Row {
    dated(code, FIRST, None, meaning)
}

const fn since(first: i16, code: &str, meaning: &'static str) -> Row {
    dated(code, first, None, meaning)
}

const fn until(last: i16, code: &str, meaning: &'static str) -> Row {
    dated(code, FIRST, Some(last), meaning)
}

/// Figures to 2023-24, letters from 2024-25: rule 101 of both years, and the schema of 2025.
pub(super) const SEX: &[Row] = &[
    until(2024, "1", "male"),
    until(2024, "2", "female"),
    since(2025, "M", "male"),
    since(2025, "F", "female"),
    since(2025, "U", "not known"),
];

/// Rule 103; the base schema. Unchanged over our years.
pub(super) const ETHNIC: &[Row] = &[
    always("WBRI", "White British"),
    always("WIRI", "White Irish"),
    always("WOTH", "another White background"),
    always("WIRT", "Traveller of Irish heritage"),
    always("WROM", "Gypsy or Roma"),
    always("MWBC", "White and Black Caribbean"),
    always("MWBA", "White and Black African"),
    always("MWAS", "White and Asian"),
    always("MOTH", "another mixed background"),
    always("AIND", "Indian"),
    always("APKN", "Pakistani"),
    always("ABAN", "Bangladeshi"),
    always("AOTH", "another Asian background"),
    always("BCRB", "Black Caribbean"),
    always("BAFR", "Black African"),
    always("BOTH", "another Black background"),
    always("CHNE", "Chinese"),
    always("OOTH", "another ethnic group"),
    always("REFU", "refused to say"),
    always("NOBT", "not yet asked or answered"),
];

/// Rule 143; the base schema. Unchanged over our years.
pub(super) const RNE: &[Row] = &[
    always("S", "started to be looked after"),
    always("L", "change of legal status only"),
    always("P", "change of placement and carer only"),
    always("T", "change of placement, same carer"),
    always("B", "change of legal status, placement and carer"),
    always("U", "change of legal status and placement, same carer"),
];

/// Rule 144; the base schema. Unchanged over our years: D1 stays a code in both sources although no order
/// can have been made since December 2005, and rule 445, which said so, was withdrawn with 2024-25.
pub(super) const LEGAL_STATUS: &[Row] = &[
    always("C1", "interim care order"),
    always("C2", "full care order"),
    always("D1", "freeing order (made by December 2005)"),
    always("E1", "placement order"),
    always("V2", "accommodated by agreement under section 20, single period"),
    always("V3", "series of short breaks, each episode recorded"),
    always("V4", "series of short breaks, the agreement recorded"),
    always("J1", "remanded to local authority accommodation or youth detention"),
    always("J2", "detained by police in local authority accommodation (PACE)"),
    always("J3", "sentenced to a youth rehabilitation order with residence or intensive fostering"),
    always("L1", "under police protection"),
    always("L2", "emergency protection order"),
    always("L3", "child assessment order"),
];

/// Rule 145; the base schema. Unchanged over our years.
pub(super) const NEED: &[Row] = &[
    always("N1", "abuse or neglect"),
    always("N2", "the child's disability"),
    always("N3", "a parent's illness or disability"),
    always("N4", "family in acute stress"),
    always("N5", "family dysfunction"),
    always("N6", "socially unacceptable behaviour"),
    always("N7", "low income"),
    always("N8", "absent parenting"),
];

/// Rule 146; the schemas of 2017, 2025 and 2026. Dates that are assumptions:
///
/// * K3 from 2023-24, for supported accommodation had to be registered from 28 October 2023. The sources
///   have it from 2024-25.
/// * H5 and P2 to 2023-24, as the schemas have it; the validator's list of 2024-25 still holds both. The
///   two kinds could not go on unregistered after 28 October 2023, so the union is not taken here.
/// * Z1 to 2025-26: the schema of 2026 keeps it beside Z11 to Z14, the validator replaces it, and no source
///   has it for 2026-27.
pub(super) const PLACE: &[Row] = &[
    always("A3", "placed for adoption with consent, with the current foster carer"),
    always("A4", "placed for adoption with consent, not with the current foster carer"),
    always("A5", "placed for adoption under a placement order, with the current foster carer"),
    always("A6", "placed for adoption under a placement order, not with the current foster carer"),
    until(2024, "H5", "semi-independent living, not a children's home"),
    always("K1", "secure children's home"),
    always("K2", "children's home"),
    since(2024, "K3", "registered supported accommodation"),
    always("P1", "with parents or others with parental responsibility"),
    until(2024, "P2", "living independently"),
    always("P3", "residential employment"),
    always("R1", "residential care home"),
    always("R2", "hospital or other health establishment"),
    always("R3", "family centre or mother and baby unit"),
    always("R5", "young offender institution"),
    always("S1", "residential school"),
    always("T0", "temporary move, of any kind"),
    always("T1", "temporarily in hospital"),
    always("T2", "temporarily on holiday"),
    always("T3", "temporarily elsewhere while the foster carer is on holiday"),
    always("T4", "temporarily elsewhere for another reason, seven days at most"),
    always("U1", "fostered by a relative or friend, long term"),
    always("U2", "fostered by a relative or friend who may adopt"),
    always("U3", "fostered by a relative or friend, not long term"),
    always("U4", "fostered by another carer, long term"),
    always("U5", "fostered by another carer who may adopt"),
    always("U6", "fostered by another carer, not long term"),
    until(2026, "Z1", "another kind of placement"),
    // The sources list the four without saying what each means.
    since(2026, "Z11", "another kind of placement, first of four"),
    since(2026, "Z12", "another kind of placement, second of four"),
    since(2026, "Z13", "another kind of placement, third of four"),
    since(2026, "Z14", "another kind of placement, fourth of four"),
];

/// Rule 178; the base schema. Unchanged over our years.
pub(super) const PROVIDER: &[Row] = &[
    always("PR0", "parent or another with parental responsibility"),
    always("PR1", "the council's own"),
    always("PR2", "another council"),
    always("PR3", "another public body"),
    always("PR4", "private"),
    always("PR5", "voluntary"),
];

/// Rule 149; the schemas of 2017 and 2019. E43 and E44 became E45 to E48. The schemas change with 2018-19;
/// that returns of 2017-18 may carry either is our assumption, made because published samples of it do.
pub(super) const REC: &[Row] = &[
    always("X1", "this episode ends and another begins the same day"),
    always("E11", "adopted, application unopposed"),
    always("E12", "adopted, consent dispensed with"),
    always("E13", "left to live with relatives without parental responsibility"),
    always("E14", "remand or accommodation on remand ended"),
    always("E15", "age assessment found 18 or over"),
    always("E16", "moved abroad"),
    always("E17", "turned 18 and stayed with the carers"),
    always("E2", "died"),
    always("E3", "taken over by another council"),
    always("E41", "residence or child arrangements order"),
    until(2018, "E43", "special guardianship to the former foster carer"),
    until(2018, "E44", "special guardianship to someone else"),
    always("E45", "special guardianship to the former foster carer, a relative or friend"),
    always("E46", "special guardianship to the former foster carer, not a relative or friend"),
    always("E47", "special guardianship to another carer, a relative or friend"),
    always("E48", "special guardianship to another carer, not a relative or friend"),
    always("E4A", "went home to parents, planned"),
    always("E4B", "went home to parents, unplanned"),
    always("E5", "independent living with formal support"),
    always("E6", "independent living without formal support"),
    always("E7", "moved to adult residential care"),
    always("E8", "ended for another reason"),
    always("E9", "sentenced to custody"),
];

/// Rule 1009; the schemas of 2017 and 2019. CUSTOD enters the schemas with 2018-19; that returns of 2017-18
/// may carry it is our assumption, made because published samples of it do. CHILD is the only place in the
/// return where the child's own wish is recorded.
pub(super) const PLACE_CHANGE: &[Row] = &[
    always("CARPL", "the care plan changed or was carried out"),
    always("CLOSE", "the home closed or the carer resigned"),
    always("ALLEG", "an allegation was made (section 47)"),
    always("STAND", "concern about standards of care"),
    always("APPRR", "the carer's approval was removed"),
    always("CREQB", "the carer asked, because of the child's behaviour"),
    always("CREQO", "the carer asked, for another reason"),
    always("CHILD", "the child asked"),
    always("LAREQ", "the council asked"),
    always("PLACE", "only the status of the placement changed"),
    always("CUSTOD", "custody"),
    always("OTHER", "another reason"),
];
