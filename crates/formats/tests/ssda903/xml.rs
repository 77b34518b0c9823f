//! A return as XML reads as the same return does as CSV.

use formats::ssda903::{Refusal, Return, Source, Table, load, read};

use crate::year;

const CHILD: &str = "<CHILD><HEADER><CHILDID>101</CHILDID><SEX>M</SEX><DOB>14/05/2011</DOB><ETHNIC>wbri</ETHNIC>\
<UPN>A123456789012</UPN><MOTHER/><UASC>1</UASC><DUC>14/05/2029</DUC>\n\
<AREVIEW><REVIEW>01/05/2024</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>\n\
<AREVIEW><REVIEW>01/11/2024</REVIEW><REVIEW_CODE>PN2</REVIEW_CODE></AREVIEW>\n\
<AMISSING><MISSING>M</MISSING><MIS_START>02/06/2024</MIS_START><MIS_END>03/06/2024</MIS_END></AMISSING>\
<OC2><SDQ_SCORE>12</SDQ_SCORE><CONVICTED>0</CONVICTED></OC2>\
<PERMANENCE><PREV_PERM>Z1</PREV_PERM></PERMANENCE>\
<AD_PLACED><DATE_PLACED>01/02/2025</DATE_PLACED></AD_PLACED>\
<SWEPISODE><SW_ID>SW123</SW_ID><SW_DECOM>01/04/2024</SW_DECOM></SWEPISODE>\
<DATE_INT>01/02/2025</DATE_INT><NB_ADOPTR>2</NB_ADOPTR></HEADER>\n\
<EPISODE><DECOM>03/06/2022</DECOM><RNE>S</RNE><LS>C2</LS><CIN>N1</CIN><PL>U4</PL><PLACE_PROVIDER>PR1</PLACE_PROVIDER>\
<PL_POST>M2 &#50;BB</PL_POST><URN><![CDATA[1234567]]></URN></EPISODE></CHILD>";

fn document(children: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- one return -->\n<EXPSSDA903>\n{children}\n</EXPSSDA903>\n"
    )
}

fn one(bytes: &[u8]) -> Result<Return, Refusal> {
    read(vec![Source::new("r.xml", bytes)], year(2025))
}

#[test]
fn all_that_a_document_holds_goes_to_its_table() {
    let text = document(CHILD);
    let sheets = load(vec![Source::new("r.xml", text.as_bytes())], year(2025)).unwrap();
    let rows = |table: Table| sheets.get(table).map_or(0, |sheet| sheet.len());
    let counted = Table::ALL.map(rows);
    assert_eq!(counted, [1, 1, 1, 2, 1, 0, 1, 1, 1, 1, 1, 0], "in the order of Table::ALL");
    let review = sheets.get(Table::Reviews).unwrap().row(1);
    assert_eq!((review.text(0), review.text(1), review.text(3), review.line()), ("101", "14/05/2011", "PN2", 6));
    let episode = sheets.get(Table::Episodes).unwrap().row(0);
    assert_eq!((episode.text(5), episode.text(11), episode.text(12)), ("U4", "M2 2BB", "1234567"));
    assert_eq!(sheets.get(Table::Uasc).unwrap().row(0).text(1), "M");
}

#[test]
fn a_document_and_its_tables_make_one_return() {
    let xml = one(document(CHILD).as_bytes()).unwrap();
    let csv = [
        "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n101,M,14/05/2011,WBRI,A123456789012,,\n",
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n\
         101,03/06/2022,S,C2,N1,U4,PR1,,,,,M2 2BB,1234567\n",
        "CHILD,SEX,DOB,DUC\n101,M,14/05/2011,14/05/2029\n",
    ];
    let sources = csv.iter().zip(["h", "e", "u"]).map(|(text, name)| Source::new(name, text.as_bytes())).collect();
    let mut csv = read(sources, year(2025)).unwrap();
    csv.headers[0].line = xml.headers[0].line;
    csv.episodes[0].line = xml.episodes[0].line;
    csv.uasc[0].line = xml.uasc[0].line;
    assert_eq!((xml.headers, xml.episodes, xml.uasc), (csv.headers, csv.episodes, csv.uasc));
    assert_eq!(xml.findings, []);
}

#[test]
fn every_encoding_of_a_document_reads_alike() {
    let text = document(&CHILD.replace("101", "É1"));
    let wide: Vec<u8> = text.replace("UTF-8", "UTF-16").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    let marked = format!("\u{FEFF}{text}").into_bytes();
    let legacy: Vec<u8> = text.replace("UTF-8", "windows-1252").chars().map(|c| c as u32 as u8).collect();
    for (name, bytes) in [
        ("UTF-8", text.clone().into_bytes()),
        ("UTF-8", marked),
        ("UTF-16LE", wide),
        ("UTF-16BE", big),
        ("windows-1252", legacy),
    ] {
        let read = one(&bytes).unwrap();
        assert_eq!((read.headers[0].child.reveal(), read.tables[0].encoding, read.findings.len()), ("É1", name, 0));
    }
}

#[test]
fn what_is_no_document_is_refused_with_its_line() {
    let bomb =
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"ha\"><!ENTITY c \"&b;&b;\">]><a><CHILD>&c;</CHILD></a>";
    let deep = "<a>".repeat(100);
    let long = document(&CHILD.replace("WBRI", "x").replace("wbri", &"x".repeat(200_000)));
    let wide = document(&CHILD.replace("<MOTHER/>", &"<AREVIEW><REVIEW>01/05/2024</REVIEW></AREVIEW>".repeat(60_000)));
    let cut = document(CHILD);
    for (what, text) in [
        ("a document type", bomb),
        ("an entity", "<a><CHILD><HEADER><CHILDID>&c;</CHILDID></HEADER></CHILD></a>"),
        ("depth", &deep),
        ("a long field", &long),
        ("a large child", &wide),
        ("cut short", &cut[..cut.len() - 20]),
        ("crossed elements", "<a><CHILD></a></CHILD>"),
        ("an open tag", "<a><CHILD"),
    ] {
        let refusal = one(text.as_bytes()).expect_err(what);
        assert_eq!(refusal.code(), "CB26", "{what}: {refusal}");
        assert!(refusal.to_string().starts_with("r.xml cannot be read as XML: at line "), "{refusal}");
    }
    let broken = document(&CHILD.replace("wbri", "W\u{1}"));
    let read = one(broken.as_bytes()).unwrap();
    assert_eq!((read.findings[0].code, read.findings[0].held, read.headers.len()), ("CB05", true, 0));
}
