//! A bundle: what was asked, every input, every result and a manifest of hashes. Another analyst checks it against the
//! manifest and works the results out again from the inputs in it: the same bytes, or it says which file differs.

use std::collections::BTreeMap;
use std::fmt::Write;

use formula::{facts::Facts, page, pdf, shipped};
use sha2::{Digest, Sha256};

use crate::Problem;
use crate::grants::{Grants, GrantsRequest, Texts};

/// The name of the manifest: `sha256sum --check` reads it.
pub const BUNDLE_MANIFEST: &str = "SHA256SUMS";
const REQUEST: &str = "request.json";
const INPUTS: &str = "inputs/";

/// Files by path.
type Files = BTreeMap<String, Vec<u8>>;

fn json<T: serde::Serialize>(value: &T) -> Result<Vec<u8>, Problem> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Problem::asked("json.failed", error.to_string()))?;
    Ok((text + "\n").into_bytes())
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every file of the bundle of a request, the manifest included.
pub fn bundle(request: &GrantsRequest, texts: &Texts) -> Result<Files, Problem> {
    let mut own = request.clone();
    let mut inputs = Texts::new();
    let mut keep = |name: &mut String| {
        if let Some(text) = texts.get(name) {
            let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
            let path = format!("{INPUTS}{:02}-{base}", inputs.len() + 1);
            inputs.insert(path.clone(), text.clone());
            *name = path;
        }
    };
    keep(&mut own.formula);
    own.facts.iter_mut().chain(&mut own.overlays).for_each(&mut keep);
    let mut files = worked_out(&own, &inputs)?;
    files.extend(inputs.into_iter().map(|(path, text)| (path, text.into_bytes())));
    let manifest = manifest(&files);
    files.insert(BUNDLE_MANIFEST.to_owned(), manifest);
    Ok(files)
}

/// Everything that follows from a request and its inputs.
fn worked_out(request: &GrantsRequest, inputs: &Texts) -> Result<Files, Problem> {
    let grants = Grants::prepare(request, inputs)?;
    let (report, explained) = grants.explain_all()?;
    let mut files = Files::new();
    let formula = inputs.get(&request.formula).map(String::as_str).or_else(|| shipped::formula_text(&request.formula));
    files.insert(REQUEST.to_owned(), json(request)?);
    files.insert("formula.toml".to_owned(), formula.unwrap_or_default().as_bytes().to_vec());
    for (name, text) in shipped::parameter_files() {
        files.insert(format!("parameters/{name}"), text.as_bytes().to_vec());
    }
    files.insert("facts-used.csv".to_owned(), grants.facts_used()?.into_bytes());
    files.insert("indicators.json".to_owned(), json(&Facts::shipped().indicators())?);
    files.insert("grants.csv".to_owned(), report.csv().into_bytes());
    files.insert("grants.json".to_owned(), json(&report)?);
    for explained in explained {
        let council = &explained.council;
        let blocks = page::page(&explained, &[]);
        files.insert(format!("councils/{}.txt", council.code), page::text(&blocks).into_bytes());
        files.insert(format!("councils/{}.pdf", council.code), pdf::pdf(&council.name, &blocks));
    }
    Ok(files)
}

fn manifest(files: &Files) -> Vec<u8> {
    let mut text = String::new();
    for (path, bytes) in files {
        let _ = writeln!(text, "{}  {path}", digest(bytes));
    }
    text.into_bytes()
}

/// Checks a bundle: every file against the manifest, no file without a line, and every result against what its inputs
/// give now. Says what differs, nothing when all is well.
pub fn verify_bundle(files: &Files) -> Result<Vec<String>, Problem> {
    let lacks = |name: &str| Problem::refused("bundle.incomplete", format!("the bundle has no {name}"));
    let told = files.get(BUNDLE_MANIFEST).ok_or_else(|| lacks(BUNDLE_MANIFEST))?;
    let mut others = files.clone();
    others.remove(BUNDLE_MANIFEST);
    let mut wrong = Vec::new();
    let mut listed = BTreeMap::new();
    for line in String::from_utf8_lossy(told).lines() {
        match line.split_once("  ") {
            Some((hash, path)) => {
                listed.insert(path.to_owned(), hash.to_owned());
            }
            None => wrong.push(format!("{BUNDLE_MANIFEST}: the line `{line}` is no hash and path")),
        }
    }
    for (path, bytes) in &others {
        match listed.remove(path) {
            Some(hash) if hash == digest(bytes) => {}
            Some(_) => wrong.push(format!("{path} is not the file of the manifest")),
            None => wrong.push(format!("{path} is not in the manifest")),
        }
    }
    wrong.extend(listed.into_keys().map(|path| format!("{path} is in the manifest and not there")));
    let request = others.get(REQUEST).ok_or_else(|| lacks(REQUEST))?;
    let request: GrantsRequest = serde_json::from_slice(request)
        .map_err(|error| Problem::refused("bundle.request", format!("{REQUEST} cannot be read: {error}")))?;
    let inputs = others.iter().filter(|(path, _)| path.starts_with(INPUTS));
    let inputs: Texts =
        inputs.map(|(path, bytes)| (path.clone(), String::from_utf8_lossy(bytes).into_owned())).collect();
    let again = worked_out(&request, &inputs)?;
    for (path, bytes) in &again {
        if others.get(path) != Some(bytes) {
            wrong.push(format!("{path} comes out differently from the inputs in the bundle"));
        }
    }
    let strange = others.keys().filter(|path| !path.starts_with(INPUTS) && !again.contains_key(*path));
    wrong.extend(strange.map(|path| format!("{path} follows from nothing in the bundle")));
    Ok(wrong)
}
