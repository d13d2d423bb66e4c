use std::{collections::HashSet, sync::LazyLock};

use kernel::{EmailAddress, Entropy, FieldCode, FieldError};
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

const MIN_BYTES: usize = 8;
const MAX_BYTES: usize = 128;
/// From this many characters on, a password needs no mix of classes.
const PASSPHRASE_CHARS: usize = 15;
/// Shorter names and parts of addresses would refuse too much.
const MIN_PERSONAL_CHARS: usize = 3;
const MIN_PART_CHARS: usize = 4;

/// The commonest passwords by published counts of leaks, and what people make of them to satisfy rules (years,
/// exclamation marks, keyboard walks, `@` for `a`), in lower case, sorted, one a line.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Words that this person's password must not contain: names, address, and our own name.
///
/// ```
/// use auth::PersonalWords;
/// let words = PersonalWords::of("Jo", "Smithers", &"jo.s@motors.example".parse()?);
/// # let _ = words;
/// # Ok::<(), kernel::InvalidEmailAddress>(())
/// ```
#[derive(Clone, Default)]
pub struct PersonalWords(Vec<String>);

impl std::fmt::Debug for PersonalWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonalWords([redacted])")
    }
}

impl PersonalWords {
    /// The words of a person. What is too short to tell anything (two letters) is left out.
    #[must_use]
    pub fn of(first_name: &str, last_name: &str, email: &EmailAddress) -> Self {
        let mut words = vec!["nextcrm".to_owned()];
        for name in [first_name, last_name] {
            words.extend(parts(name, MIN_PERSONAL_CHARS));
        }
        let (local, domain) = email.as_str().rsplit_once('@').unwrap_or((email.as_str(), ""));
        if local.chars().count() >= MIN_PERSONAL_CHARS {
            words.push(folded(local));
        }
        words.extend(parts(local, MIN_PART_CHARS));
        // The last label of a domain (com, au, example) belongs to nobody.
        let own_labels = domain.rsplit_once('.').map_or("", |(own, _)| own);
        words.extend(parts(own_labels, MIN_PART_CHARS));
        Self(words)
    }

    fn found_in(&self, folded_password: &str) -> bool {
        let plain = unleeted(folded_password);
        self.0.iter().any(|word| folded_password.contains(word.as_str()) || plain.contains(word.as_str()))
    }
}

fn parts(text: &str, min_chars: usize) -> impl Iterator<Item = String> {
    let folded = folded(text);
    let words: Vec<String> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= min_chars)
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// The letters that digits and signs commonly stand for.
fn unleeted(text: &str) -> Zeroizing<String> {
    let letter = |c| match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        c => c,
    };
    Zeroizing::new(text.chars().map(letter).collect())
}

/// A password that somebody may set: NFKC, 8 to 128 bytes, four classes of characters or 15 characters and more,
/// not a common one, nothing of the person's own in it.
#[derive(Debug, Clone)]
pub struct NewPassword(SecretString);

impl NewPassword {
    /// Checks a password; `field` is where the client wrote it.
    ///
    /// # Errors
    /// All that is wrong: `TOO_SHORT`, `TOO_LONG`, `TOO_WEAK`, `TOO_COMMON`, `CONTAINS_PERSONAL`.
    pub fn parse(field: &'static str, text: &SecretString, personal: &PersonalWords) -> Result<Self, Vec<FieldError>> {
        let wrong = |code: FieldCode, message: &str| FieldError::new(field, code, message);
        // NFKC can lengthen a text a lot; what is far too long is not worth the work.
        if text.expose_secret().len() > 8 * MAX_BYTES {
            return Err(vec![wrong(FieldCode::TooLong, "must be at most 128 bytes")]);
        }
        let password: Zeroizing<String> = Zeroizing::new(text.expose_secret().nfkc().collect());
        let folded = Zeroizing::new(folded(&password));
        let mut errors = Vec::new();
        if password.len() < MIN_BYTES {
            errors.push(wrong(FieldCode::TooShort, "must be at least 8 characters"));
        }
        if password.len() > MAX_BYTES {
            errors.push(wrong(FieldCode::TooLong, "must be at most 128 bytes"));
        }
        if !is_mixed(&password) && password.chars().count() < PASSPHRASE_CHARS {
            let rule = "must have an upper-case letter, a lower-case letter, a digit and a special character, \
                        or be at least 15 characters long";
            errors.push(wrong(FieldCode::TooWeak, rule));
        }
        if is_common(&folded) {
            errors.push(wrong(FieldCode::TooCommon, "is one of the commonest passwords; choose another"));
        }
        if personal.found_in(&folded) {
            errors.push(wrong(FieldCode::ContainsPersonal, "must not contain your name, your address or \"nextcrm\""));
        }
        if errors.is_empty() { Ok(Self(SecretString::from(password.as_str()))) } else { Err(errors) }
    }

    /// Makes a password for somebody else to sign in with once: four groups of four letters and digits that are not
    /// mistaken for each other, about 92 random bits.
    #[must_use]
    pub fn temporary(entropy: &dyn Entropy, personal: &PersonalWords) -> Self {
        loop {
            let text = SecretString::from(random_groups(entropy).as_str());
            // One in some hundreds lacks a digit or happens to spell a name.
            if is_mixed(text.expose_secret())
                && let Ok(password) = Self::parse("password", &text, personal)
            {
                return password;
            }
        }
    }

    /// The password, for the hasher and for sealing.
    #[must_use]
    pub fn secret(&self) -> &SecretString {
        &self.0
    }
}

const UNAMBIGUOUS: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

fn random_groups(entropy: &dyn Entropy) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(19));
    let mut bytes = Zeroizing::new([0_u8; 64]);
    let mut drawn = 0;
    while drawn < 16 {
        entropy.fill(bytes.as_mut_slice());
        // Six bits at a time; what is beyond the alphabet is thrown away, so that no character is likelier.
        for letter in bytes.iter().filter_map(|byte| UNAMBIGUOUS.get(usize::from(byte & 63))) {
            if drawn == 16 {
                break;
            }
            if drawn > 0 && drawn % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(*letter));
            drawn += 1;
        }
    }
    text
}

fn is_mixed(password: &str) -> bool {
    password.chars().any(char::is_uppercase)
        && password.chars().any(char::is_lowercase)
        && password.chars().any(char::is_numeric)
        && password.chars().any(|c| !c.is_alphanumeric())
}

fn is_common(folded: &str) -> bool {
    COMMON.contains(folded) || COMMON.contains(unleeted(folded).as_str())
}

#[cfg(test)]
#[path = "password_tests.rs"]
mod tests;
