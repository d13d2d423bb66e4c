/// What stands where a person's name, address or number stood.
pub const ERASED: &str = "[erased]";

/// Whose name, address and numbers are taken out of what was written.
#[derive(Clone, PartialEq, Eq)]
pub struct Redaction {
    /// Found as whole words only, spelled just so: many a name is a common word.
    names: Vec<String>,
    /// Found anywhere, whatever the case.
    texts: Vec<String>,
}

/// A ticket's subject that somebody was taken out of; copies of it are in events and mail.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Reworded {
    pub from: String,
    pub to: String,
}

impl std::fmt::Debug for Reworded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reworded").field("to", &self.to).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Redaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redaction").finish_non_exhaustive()
    }
}

impl Redaction {
    /// Of these. Names of one letter are left out, as are empty texts.
    #[must_use]
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>, texts: impl IntoIterator<Item = &'a str>) -> Self {
        let names = names.into_iter().map(str::trim).filter(|name| name.chars().count() > 1);
        let texts = texts.into_iter().map(str::trim).filter(|text| text.chars().count() > 3);
        Self { names: names.map(str::to_owned).collect(), texts: texts.map(str::to_owned).collect() }
    }

    /// What must be in a text for there to be something to take out.
    pub fn needles(&self) -> impl Iterator<Item = &str> {
        self.names.iter().chain(&self.texts).map(String::as_str)
    }

    /// The text without them; `None` when they are not in it.
    #[must_use]
    pub fn apply(&self, text: &str) -> Option<String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = None;
        while let Some(first) = rest.chars().next() {
            if let Some(length) = self.found_at(rest, before) {
                out.push_str(ERASED);
                before = rest[..length].chars().next_back();
                rest = &rest[length..];
            } else {
                out.push(first);
                before = Some(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        (out != text).then_some(out)
    }

    fn found_at(&self, rest: &str, before: Option<char>) -> Option<usize> {
        let anywhere = self
            .texts
            .iter()
            .filter(|text| rest.get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text)));
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let whole = self.names.iter().filter(|name| {
            rest.starts_with(name.as_str()) && !is_word(before) && !is_word(rest[name.len()..].chars().next())
        });
        anywhere.chain(whole).map(String::len).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_as_words_and_addresses_wherever_they_are() {
        let redaction = Redaction::new(["Will", "Öz", "J"], ["will@x.example", "+61 400 000 000", ""]);
        let cases = [
            ("Hi Will, will it rain? Ask Öz!", Some("Hi [erased], will it rain? Ask [erased]!")),
            ("Willing", None),
            ("mail WILL@X.EXAMPLE or +61 400 000 000", Some("mail [erased] or [erased]")),
            ("J and nobody", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(redaction.apply(text).as_deref(), expected, "{text}");
        }
    }
}
