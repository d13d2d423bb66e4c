//! What every crate reads its input with: [`Fields`] gathers what is wrong, [`Word`] is for enums,
//! [`text_type!`](crate::text_type) for texts, [`json_object`] for what clients keep with us.

mod fields;
mod json_object;
mod texts;
mod word;

pub use fields::{Fields, under};
pub use json_object::json_object;
pub use word::Word;
