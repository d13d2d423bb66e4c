use std::{
    fs::File,
    io::{BufRead, BufReader, Read as _},
    path::Path,
};

use kernel::AuditEntryId;

use crate::{
    domain::{
        chain::{self, Head},
        keys::AuditKeys,
        line::Linker,
    },
    error::AuditError,
};

/// No line of ours is longer (bytes).
const LONGEST_LINE: u64 = 4 << 20;

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProblem {
    /// The line, from 1.
    pub line: u64,
    /// The entry's place in the chain, if it can be read.
    pub sequence: Option<i64>,
    /// The entry's id, if it can be read.
    pub id: Option<AuditEntryId>,
    /// What is wrong, in words.
    pub what: &'static str,
}

/// What the verification of a file found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileReport {
    /// Lines that were checked and found right.
    pub checked: u64,
    /// Of these, entries that were exported before they were sealed; only the file's own links vouch for them.
    pub unsealed: u64,
    /// The first problem.
    pub first_problem: Option<FileProblem>,
}

/// Verifies an exported or archived file (JSON lines; `.zst` is unpacked) without the database, line by line:
/// every entry against its hash, entries that follow each other as a chain, and the lines by their links, which
/// tell changed, missing and exchanged lines also in filtered exports.
///
/// Blocks; call it off the async threads.
///
/// # Errors
/// [`AuditError::File`] when it cannot be read; a broken file is a finding, not an error.
pub fn verify_file(keys: &AuditKeys, path: &Path) -> Result<FileReport, AuditError> {
    let file = File::open(path)?;
    if path.extension().is_some_and(|extension| extension == "zst") {
        verify_lines(keys, BufReader::new(zstd::Decoder::new(file)?))
    } else {
        verify_lines(keys, BufReader::new(file))
    }
}

fn verify_lines(keys: &AuditKeys, mut lines: impl BufRead) -> Result<FileReport, AuditError> {
    let mut state = State { report: FileReport::default(), linker: Linker::default(), head: None, ended: false };
    let mut line = 0;
    let mut text = Vec::new();
    loop {
        text.clear();
        if lines.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text)? == 0 {
            break;
        }
        line += 1;
        if let Err(problem) = state.check(keys, line, &text) {
            state.report.first_problem = Some(problem);
            return Ok(state.report);
        }
    }
    if line > 0 && !state.ended {
        let what = "the file ends before its last line";
        state.report.first_problem = Some(FileProblem { line: line + 1, sequence: None, id: None, what });
    }
    Ok(state.report)
}

struct State {
    report: FileReport,
    linker: Linker,
    // The last sealed entry.
    head: Option<Head>,
    ended: bool,
}

impl State {
    fn check(&mut self, keys: &AuditKeys, number: u64, text: &[u8]) -> Result<(), FileProblem> {
        let problem = |sequence, id, what| FileProblem { line: number, sequence, id, what };
        if self.ended {
            return Err(problem(None, None, "more lines after the last"));
        }
        let read = std::str::from_utf8(text).ok().and_then(|text| self.linker.read(keys, text));
        let Some((line, linked)) = read else { return Err(problem(None, None, "not a line of an export")) };
        let (sequence, id, end) = (line.sequence, Some(line.id), line.end);
        let Some(entry) = line.into_entry() else { return Err(problem(sequence, id, "not an entry")) };
        match &entry.seal {
            Some(seal) => {
                if !chain::entry_intact(keys, &entry, seal) {
                    return Err(problem(sequence, id, "the entry does not match its hash"));
                }
                let follows = |head: &Head| head.sequence + 1 != seal.sequence || head.hash == seal.previous_hash;
                if !self.head.as_ref().is_none_or(follows) {
                    return Err(problem(sequence, id, "the entry does not follow the one before"));
                }
                self.head = Some(Head { sequence: seal.sequence, hash: seal.hash.clone() });
            }
            None => self.report.unsealed += 1,
        }
        if !linked {
            return Err(problem(
                sequence,
                id,
                "the line was changed, or lines before it are missing or in another order",
            ));
        }
        self.ended = end;
        self.report.checked += 1;
        Ok(())
    }
}
